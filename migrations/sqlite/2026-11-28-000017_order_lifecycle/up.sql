-- Every order runs through the same states, wherever it comes from, and is listed by when it came.
-- (A check cannot be changed on SQLite: another column takes its place.)
ALTER TABLE orders ADD COLUMN state TEXT NOT NULL DEFAULT 'processed'
    CHECK (state IN ('placed', 'released', 'held', 'processed', 'refused', 'cancelled'));
UPDATE orders SET state = status;
ALTER TABLE orders DROP COLUMN status;
ALTER TABLE orders RENAME COLUMN state TO status;
-- what holds it: maintenance lets it go by itself, somebody does not
ALTER TABLE orders ADD COLUMN hold TEXT NOT NULL DEFAULT ''
    CHECK (hold IN ('', 'maintenance', 'by_hand'));
ALTER TABLE orders ADD COLUMN held_at TIMESTAMP;
-- why it is held, was refused or cancelled
ALTER TABLE orders ADD COLUMN why TEXT NOT NULL DEFAULT '';
-- when it came: placed, else released, else processed
ALTER TABLE orders ADD COLUMN ordered_at TIMESTAMP NOT NULL DEFAULT '1970-01-01 00:00:00';
UPDATE orders SET ordered_at = COALESCE(placed_at, released_at, processed_at, created_at);
-- ISO 4217, and the totals of its lines; none where its lines are in several currencies
ALTER TABLE orders ADD COLUMN currency TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN msrp_minor BIGINT CHECK (msrp_minor >= 0);
-- what the reseller pays; none where nobody said
ALTER TABLE orders ADD COLUMN net_minor BIGINT CHECK (net_minor >= 0);
-- the refused order in whose place it came
ALTER TABLE orders ADD COLUMN corrects_id BIGINT REFERENCES orders (id);
UPDATE orders SET
    currency = (SELECT quotes.currency FROM quotes WHERE quotes.id = orders.quote_id),
    msrp_minor = (SELECT quotes.msrp_minor FROM quotes WHERE quotes.id = orders.quote_id),
    net_minor = (SELECT quotes.net_minor FROM quotes WHERE quotes.id = orders.quote_id)
    WHERE quote_id IS NOT NULL;
UPDATE orders SET
    currency = COALESCE((SELECT MIN(licences.currency) FROM licences
        WHERE licences.order_id = orders.id), ''),
    msrp_minor = (SELECT CASE WHEN MIN(licences.currency) = MAX(licences.currency)
        THEN CAST(SUM(licences.unit_price_minor * licences.quantity) AS BIGINT) END
        FROM licences WHERE licences.order_id = orders.id)
    WHERE quote_id IS NULL;

DROP INDEX orders_placed;
DROP INDEX orders_placed_by_distributor;
DROP INDEX orders_placed_by_reseller;
DROP INDEX orders_of_quote;
CREATE INDEX orders_by_time ON orders (program_id, ordered_at, reference);
CREATE INDEX orders_by_status ON orders (program_id, status, ordered_at, reference);
CREATE INDEX orders_by_reseller ON orders (program_id, reseller_id, ordered_at, reference);
CREATE INDEX orders_by_distributor_and_status ON orders (program_id, distributor_id, status, ordered_at, reference);
CREATE INDEX orders_by_distributor ON orders (program_id, distributor_id, ordered_at, reference);
CREATE INDEX orders_by_customer ON orders (customer_id, ordered_at);
-- what waits to be processed, in the order in which it was released
CREATE INDEX orders_due ON orders (program_id, released_at, id) WHERE status IN ('released', 'held');
-- an accepted quote is one order, and a refused order is corrected once
CREATE UNIQUE INDEX orders_of_quote ON orders (quote_id)
    WHERE quote_id IS NOT NULL AND corrects_id IS NULL;
CREATE UNIQUE INDEX orders_corrected ON orders (corrects_id) WHERE corrects_id IS NOT NULL;

-- Lines of every order that is processed here, also of kinds that nobody quotes.
CREATE TABLE ordered_lines (
    id INTEGER PRIMARY KEY NOT NULL,
    order_id BIGINT NOT NULL REFERENCES orders (id),
    position INTEGER NOT NULL,
    product_id BIGINT NOT NULL REFERENCES products (id),
    kind TEXT NOT NULL CHECK (kind IN ('new', 'renewal', 'change', 'trial', 'nfr')),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    months INTEGER CHECK (months BETWEEN 1 AND 60),
    -- the licence that it renews or changes
    base_id BIGINT REFERENCES licences (id),
    sku TEXT NOT NULL,
    serial_number TEXT NOT NULL,
    -- the recommended price of one unit, and of all
    unit_minor BIGINT NOT NULL CHECK (unit_minor >= 0),
    msrp_minor BIGINT NOT NULL CHECK (msrp_minor >= 0),
    -- what the reseller pays for the line; not the vendor's to see where a distributor quoted
    net_minor BIGINT CHECK (net_minor >= 0),
    -- why the order was refused, as far as this line is the reason
    refusal TEXT NOT NULL,
    -- the SKU under which it can be ordered instead
    instead_sku TEXT NOT NULL,
    UNIQUE (order_id, position)
);
INSERT INTO ordered_lines (order_id, position, product_id, kind, quantity, months, base_id, sku,
        serial_number, unit_minor, msrp_minor, net_minor, refusal, instead_sku)
    SELECT order_id, position, product_id, kind, quantity, months, base_id, sku, '',
        msrp_minor / quantity, msrp_minor, net_minor, '', ''
    FROM order_lines ORDER BY id;
DROP TABLE order_lines;
ALTER TABLE ordered_lines RENAME TO order_lines;

-- Who turns released orders into licences.
ALTER TABLE policies ADD COLUMN order_processing TEXT NOT NULL DEFAULT 'by_hand'
    CHECK (order_processing IN ('by_hand', 'automatic'));
