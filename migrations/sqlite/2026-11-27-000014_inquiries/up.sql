-- What resellers ask a price for, what is quoted, and the orders that come of it.
CREATE TABLE inquiries (
    id INTEGER PRIMARY KEY NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    reseller_id BIGINT NOT NULL REFERENCES organisations (id),
    -- whom it was sent to: a distributor, or the vendor where the policy let it quote; none: a draft
    quoter_id BIGINT REFERENCES organisations (id),
    status TEXT NOT NULL CHECK (status IN ('draft', 'submitted', 'quoted', 'accepted', 'declined',
        'expired', 'withdrawn')),
    -- the end customer, as the reseller names it
    customer_name TEXT NOT NULL,
    customer_key TEXT NOT NULL,
    customer_country TEXT NOT NULL,
    -- ISO 4217
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    wanted_on DATE,
    note TEXT NOT NULL,
    -- codes of promotions that the reseller knows of, separated by spaces
    promotion_codes TEXT NOT NULL,
    -- how many lines it has
    lines INTEGER NOT NULL,
    -- all three from its submission on: the one list and instant that its prices are of, and their sum
    price_list_id BIGINT REFERENCES price_lists (id),
    submitted_at TIMESTAMP,
    msrp_minor BIGINT CHECK (msrp_minor >= 0),
    created_by_id BIGINT REFERENCES contacts (id),
    created_by TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    -- counts the changes: what was decided on an older one is refused
    revision BIGINT NOT NULL,
    CHECK (status <> 'draft' OR submitted_at IS NULL),
    CHECK ((submitted_at IS NULL) = (msrp_minor IS NULL)),
    CHECK ((submitted_at IS NULL) = (quoter_id IS NULL))
);
CREATE INDEX inquiries_by_reseller ON inquiries (program_id, reseller_id, created_at, reference);
CREATE INDEX inquiries_by_quoter ON inquiries (program_id, quoter_id, submitted_at, reference);
CREATE INDEX inquiries_by_time ON inquiries (program_id, submitted_at, reference);
-- what waits for an answer
CREATE INDEX inquiries_waiting ON inquiries (program_id, quoter_id, submitted_at)
    WHERE status = 'submitted';

CREATE TABLE inquiry_lines (
    id INTEGER PRIMARY KEY NOT NULL,
    inquiry_id BIGINT NOT NULL REFERENCES inquiries (id),
    position INTEGER NOT NULL,
    product_id BIGINT NOT NULL REFERENCES products (id),
    kind TEXT NOT NULL CHECK (kind IN ('new', 'renewal', 'change')),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    months INTEGER CHECK (months BETWEEN 1 AND 60),
    -- the licence that it renews or changes
    base_id BIGINT REFERENCES licences (id),
    -- these three from the submission on
    sku TEXT NOT NULL,
    unit_minor BIGINT CHECK (unit_minor >= 0),
    msrp_minor BIGINT CHECK (msrp_minor >= 0),
    UNIQUE (inquiry_id, position),
    CHECK ((kind = 'new') = (base_id IS NULL))
);
CREATE INDEX inquiry_lines_by_base ON inquiry_lines (base_id) WHERE base_id IS NOT NULL;

CREATE TABLE quotes (
    id INTEGER PRIMARY KEY NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    -- none: quoted without having been asked
    inquiry_id BIGINT REFERENCES inquiries (id),
    quoter_id BIGINT NOT NULL REFERENCES organisations (id),
    reseller_id BIGINT NOT NULL REFERENCES organisations (id),
    customer_name TEXT NOT NULL,
    customer_key TEXT NOT NULL,
    customer_country TEXT NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    -- draft: nothing was sent yet; what a reseller sees is the revision that was sent last
    status TEXT NOT NULL CHECK (status IN ('draft', 'sent', 'accepted', 'declined', 'expired',
        'withdrawn')),
    created_at TIMESTAMP NOT NULL,
    created_by_id BIGINT REFERENCES contacts (id),
    created_by TEXT NOT NULL,
    -- of the revision that was sent last
    sent_at TIMESTAMP,
    valid_until_on DATE,
    msrp_minor BIGINT CHECK (msrp_minor >= 0),
    net_minor BIGINT CHECK (net_minor >= 0),
    -- why it was declined or withdrawn
    why TEXT NOT NULL,
    -- counts what was sent and settled; what the quoter does to a draft does not change it
    revision BIGINT NOT NULL,
    CHECK ((status = 'draft') = (sent_at IS NULL) OR status = 'withdrawn'),
    CHECK ((sent_at IS NULL) = (valid_until_on IS NULL)),
    CHECK ((sent_at IS NULL) = (net_minor IS NULL))
);
-- one answer to an inquiry, in as many revisions as it takes; one that was withdrawn makes room
CREATE UNIQUE INDEX quotes_of_inquiry ON quotes (inquiry_id)
    WHERE inquiry_id IS NOT NULL AND status <> 'withdrawn';
CREATE INDEX quotes_by_reseller ON quotes (program_id, reseller_id, sent_at, reference);
CREATE INDEX quotes_by_quoter ON quotes (program_id, quoter_id, created_at, reference);
CREATE INDEX quotes_by_time ON quotes (program_id, sent_at, reference);
-- what waits for a reseller's answer
CREATE INDEX quotes_waiting ON quotes (program_id, reseller_id, valid_until_on) WHERE status = 'sent';
-- what lapses
CREATE INDEX quotes_open ON quotes (program_id, valid_until_on) WHERE status = 'sent';

CREATE TABLE quote_revisions (
    id INTEGER PRIMARY KEY NOT NULL,
    quote_id BIGINT NOT NULL REFERENCES quotes (id),
    -- from 1
    number INTEGER NOT NULL CHECK (number > 0),
    status TEXT NOT NULL CHECK (status IN ('draft', 'sent', 'superseded')),
    valid_until_on DATE NOT NULL,
    -- for the reseller
    note TEXT NOT NULL,
    -- the quoter's own: nobody else reads it
    private_note TEXT NOT NULL,
    promotion_codes TEXT NOT NULL,
    price_list_id BIGINT REFERENCES price_lists (id),
    -- the one instant of all its prices and discounts
    priced_at TIMESTAMP NOT NULL,
    msrp_minor BIGINT NOT NULL CHECK (msrp_minor >= 0),
    net_minor BIGINT NOT NULL CHECK (net_minor >= 0),
    sent_at TIMESTAMP,
    sent_by_id BIGINT REFERENCES contacts (id),
    sent_by TEXT NOT NULL,
    -- counts the changes of the draft: what was previewed is what is sent
    edition BIGINT NOT NULL,
    UNIQUE (quote_id, number),
    CHECK ((status = 'draft') = (sent_at IS NULL))
);
CREATE UNIQUE INDEX quote_revisions_draft ON quote_revisions (quote_id) WHERE status = 'draft';

CREATE TABLE quote_lines (
    id INTEGER PRIMARY KEY NOT NULL,
    revision_id BIGINT NOT NULL REFERENCES quote_revisions (id),
    position INTEGER NOT NULL,
    product_id BIGINT NOT NULL REFERENCES products (id),
    kind TEXT NOT NULL CHECK (kind IN ('new', 'renewal', 'change')),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    months INTEGER CHECK (months BETWEEN 1 AND 60),
    base_id BIGINT REFERENCES licences (id),
    sku TEXT NOT NULL,
    unit_minor BIGINT NOT NULL CHECK (unit_minor >= 0),
    msrp_minor BIGINT NOT NULL CHECK (msrp_minor >= 0),
    -- the quoter's own level, as it was entered
    quoter_basis_points INTEGER NOT NULL CHECK (quoter_basis_points BETWEEN 0 AND 10000),
    net_minor BIGINT NOT NULL CHECK (net_minor >= 0),
    -- JSON: the codes that take nothing off it, each with its reason, and the levels that a
    -- promotion stands in for
    remarks TEXT NOT NULL,
    UNIQUE (revision_id, position),
    CHECK ((kind = 'new') = (base_id IS NULL))
);

-- The waterfall: what each level takes off what the one before left.
CREATE TABLE quote_levels (
    quote_line_id BIGINT NOT NULL REFERENCES quote_lines (id),
    position INTEGER NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('program', 'deal_registration', 'promotion', 'special',
        'distributor')),
    basis_points INTEGER NOT NULL CHECK (basis_points BETWEEN 0 AND 10000),
    amount_minor BIGINT NOT NULL CHECK (amount_minor >= 0),
    -- which rule, in words, and from when it holds
    rule TEXT NOT NULL,
    effective_on DATE NOT NULL,
    approved_by TEXT NOT NULL,
    PRIMARY KEY (quote_line_id, position)
);

-- A price below the rules: asked for by whoever quotes, decided by the vendor.
CREATE TABLE special_prices (
    id INTEGER PRIMARY KEY NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    quote_id BIGINT NOT NULL REFERENCES quotes (id),
    -- none: every line of the quote
    product_id BIGINT REFERENCES products (id),
    status TEXT NOT NULL CHECK (status IN ('submitted', 'approved', 'rejected', 'withdrawn')),
    asked_basis_points INTEGER NOT NULL CHECK (asked_basis_points BETWEEN 1 AND 10000),
    granted_basis_points INTEGER CHECK (granted_basis_points BETWEEN 1 AND 10000),
    reason TEXT NOT NULL,
    requested_at TIMESTAMP NOT NULL,
    requested_by_id BIGINT REFERENCES contacts (id),
    requested_by TEXT NOT NULL,
    decided_at TIMESTAMP,
    decided_on DATE,
    decided_by_id BIGINT REFERENCES contacts (id),
    decided_by TEXT NOT NULL,
    why TEXT NOT NULL,
    CHECK ((status = 'approved') = (granted_basis_points IS NOT NULL)),
    CHECK ((status IN ('approved', 'rejected')) = (decided_at IS NOT NULL)),
    CHECK ((decided_at IS NULL) = (decided_on IS NULL))
);
CREATE INDEX special_prices_by_quote ON special_prices (quote_id);
CREATE INDEX special_prices_by_time ON special_prices (program_id, requested_at, reference);
CREATE INDEX special_prices_waiting ON special_prices (program_id, requested_at)
    WHERE status = 'submitted';

-- An order may also be placed here, and is then processed later. (A column cannot lose its NOT NULL
-- on SQLite: another one takes its place.)
ALTER TABLE orders ADD COLUMN processed_at_or_none TIMESTAMP;
UPDATE orders SET processed_at_or_none = processed_at;
ALTER TABLE orders DROP COLUMN processed_at;
ALTER TABLE orders RENAME COLUMN processed_at_or_none TO processed_at;
ALTER TABLE orders ADD COLUMN status TEXT NOT NULL DEFAULT 'processed'
    CHECK (status IN ('placed', 'processed'));
-- the accepted quote that it comes from
ALTER TABLE orders ADD COLUMN quote_id BIGINT REFERENCES quotes (id);
ALTER TABLE orders ADD COLUMN placed_at TIMESTAMP;
ALTER TABLE orders ADD COLUMN placed_by TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX orders_of_quote ON orders (quote_id) WHERE quote_id IS NOT NULL;
CREATE INDEX orders_placed_by_reseller ON orders (program_id, reseller_id, placed_at, reference)
    WHERE placed_at IS NOT NULL;
CREATE INDEX orders_placed_by_distributor ON orders (program_id, distributor_id, placed_at, reference)
    WHERE placed_at IS NOT NULL;
CREATE INDEX orders_placed ON orders (program_id, placed_at, reference) WHERE placed_at IS NOT NULL;

-- What a placed order orders, at the prices that were accepted.
CREATE TABLE order_lines (
    id INTEGER PRIMARY KEY NOT NULL,
    order_id BIGINT NOT NULL REFERENCES orders (id),
    position INTEGER NOT NULL,
    product_id BIGINT NOT NULL REFERENCES products (id),
    kind TEXT NOT NULL CHECK (kind IN ('new', 'renewal', 'change')),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    months INTEGER CHECK (months BETWEEN 1 AND 60),
    base_id BIGINT REFERENCES licences (id),
    sku TEXT NOT NULL,
    msrp_minor BIGINT NOT NULL CHECK (msrp_minor >= 0),
    -- what the reseller pays for the line; not the vendor's to see where a distributor quoted
    net_minor BIGINT NOT NULL CHECK (net_minor >= 0),
    UNIQUE (order_id, position)
);

-- Somebody may also be told because something is theirs: an inquiry they sent, a partner they look
-- after. (A check cannot be changed on SQLite: another column takes its place.)
ALTER TABLE mails ADD COLUMN because_of TEXT
    CHECK (because_of IN ('holder', 'stand_in', 'administrator', 'account', 'digest', 'concerned'));
UPDATE mails SET because_of = because;
ALTER TABLE mails DROP COLUMN because;
ALTER TABLE mails RENAME COLUMN because_of TO because;
