-- End customers, the orders that made licences, and the licences.
CREATE TABLE customers (
    id INTEGER PRIMARY KEY NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    name TEXT NOT NULL,
    -- ordered by code points on both engines: a prefix is a range
    name_key TEXT NOT NULL,
    country TEXT NOT NULL CHECK (length(country) = 2),
    created_at TIMESTAMP NOT NULL,
    UNIQUE (program_id, name_key, country)
);
CREATE INDEX customers_by_name ON customers (program_id, name_key, reference);

CREATE TABLE orders (
    id INTEGER PRIMARY KEY NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    -- the number in the system it came from
    external_number TEXT NOT NULL,
    distributor_id BIGINT REFERENCES organisations (id),
    reseller_id BIGINT NOT NULL REFERENCES organisations (id),
    customer_id BIGINT NOT NULL REFERENCES customers (id),
    -- the delivery party, as the order names it
    delivered_to TEXT NOT NULL,
    released_at TIMESTAMP,
    processed_at TIMESTAMP NOT NULL,
    -- SHA-256 over the order's contents: the same number again is a no-op only if this is the same
    digest TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (program_id, external_number)
);

CREATE TABLE licences (
    id INTEGER PRIMARY KEY NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    order_id BIGINT NOT NULL REFERENCES orders (id),
    position INTEGER NOT NULL,
    reseller_id BIGINT NOT NULL REFERENCES organisations (id),
    distributor_id BIGINT REFERENCES organisations (id),
    customer_id BIGINT NOT NULL REFERENCES customers (id),
    product_id BIGINT NOT NULL REFERENCES products (id),
    sku TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    kind TEXT NOT NULL CHECK (kind IN ('new', 'renewal', 'change', 'trial', 'nfr')),
    -- length of the term; none for a perpetual licence, a service or hardware
    months INTEGER CHECK (months BETWEEN 1 AND 60),
    unit_price_minor BIGINT NOT NULL CHECK (unit_price_minor >= 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    processed_on DATE NOT NULL,
    activated_on DATE,
    starts_on DATE,
    ends_on DATE,
    -- ends_on, or 9999-12-31 where there is none (yet): what lists and sweeps go by
    due_on DATE NOT NULL,
    -- the licence that this one renews or changes
    base_id BIGINT REFERENCES licences (id),
    -- the licence that renewed this one; nothing is told about it any more
    renewed_by_id BIGINT REFERENCES licences (id),
    serial_number TEXT NOT NULL,
    warranty_starts_on DATE,
    warranty_ends_on DATE,
    UNIQUE (order_id, position),
    CHECK (ends_on IS NULL OR starts_on IS NOT NULL)
);
CREATE INDEX licences_by_reseller ON licences (program_id, reseller_id, due_on, reference);
CREATE INDEX licences_by_distributor ON licences (program_id, distributor_id, due_on, reference);
CREATE INDEX licences_by_end ON licences (program_id, due_on, reference);
CREATE INDEX licences_by_customer ON licences (customer_id, product_id, due_on);
-- the customers that a partner or a distributor sees, without a look at the lines themselves
CREATE INDEX licences_reseller_customers ON licences (program_id, reseller_id, customer_id, due_on);
CREATE INDEX licences_distributor_customers ON licences (program_id, distributor_id, customer_id, due_on);
CREATE INDEX licences_by_sku ON licences (program_id, sku, due_on, reference);
CREATE INDEX licences_by_serial ON licences (program_id, serial_number) WHERE serial_number <> '';
CREATE INDEX licences_by_base ON licences (base_id) WHERE base_id IS NOT NULL;
-- what waits to be activated, or has no term at all
CREATE INDEX licences_without_start ON licences (program_id, id) WHERE starts_on IS NULL;

-- Who was told which rung of the ladder about which licence: once, ever.
CREATE TABLE renewal_notices (
    licence_id BIGINT NOT NULL REFERENCES licences (id),
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    rung INTEGER NOT NULL,
    told_on DATE NOT NULL,
    mail_id BIGINT NOT NULL REFERENCES mails (id),
    PRIMARY KEY (licence_id, contact_id, rung)
);
CREATE INDEX renewal_notices_by_mail ON renewal_notices (mail_id);
