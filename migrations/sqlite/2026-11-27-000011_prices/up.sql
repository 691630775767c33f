-- What products cost, and what is taken off: dated price lists, discounts and promotions.

-- the most units of a product that one customer may have; none: no limit
ALTER TABLE products ADD COLUMN most_units INTEGER CHECK (most_units > 0);

-- A price list is whole: the one in force on a day is the latest of its currency that is not in the
-- future, and no price comes from any other.
CREATE TABLE price_lists (
    id INTEGER PRIMARY KEY NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    -- ISO 4217
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    effective_on DATE NOT NULL,
    -- from the program's pack; else published in the browser or from a file
    from_pack BOOLEAN NOT NULL,
    -- prices were invented to show how the portal works
    illustrative BOOLEAN NOT NULL,
    source TEXT NOT NULL,
    published_at TIMESTAMP NOT NULL,
    published_by_id BIGINT REFERENCES contacts (id),
    published_by TEXT NOT NULL,
    UNIQUE (program_id, currency, effective_on)
);

-- The vendor's recommended price (MSRP) of one unit.
CREATE TABLE prices (
    price_list_id BIGINT NOT NULL REFERENCES price_lists (id),
    product_id BIGINT NOT NULL REFERENCES products (id),
    -- length of the term; 0 for what has none
    months INTEGER NOT NULL CHECK (months BETWEEN 0 AND 60),
    -- the quantity band: from so many units on
    from_quantity INTEGER NOT NULL CHECK (from_quantity > 0),
    unit_minor BIGINT NOT NULL CHECK (unit_minor >= 0),
    PRIMARY KEY (price_list_id, product_id, months, from_quantity)
);
CREATE INDEX prices_by_product ON prices (product_id);

-- What the program takes off by itself: the row with the latest effective_on that is not in the
-- future is in force.
CREATE TABLE discounts (
    id INTEGER PRIMARY KEY NOT NULL,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    level TEXT NOT NULL CHECK (level IN ('program', 'deal_registration')),
    -- none: partners of every tier, and those without one
    tier_id BIGINT REFERENCES tiers (id),
    category_id BIGINT NOT NULL REFERENCES categories (id),
    effective_on DATE NOT NULL,
    basis_points INTEGER NOT NULL CHECK (basis_points BETWEEN 0 AND 10000),
    approved_by TEXT NOT NULL,
    source TEXT NOT NULL
);
CREATE INDEX discounts_by_program ON discounts (program_id, level, category_id, effective_on);

CREATE TABLE promotions (
    id INTEGER PRIMARY KEY NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    -- what people type, in capitals
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    basis_points INTEGER NOT NULL CHECK (basis_points BETWEEN 1 AND 10000),
    -- a line of fewer units gets nothing
    least_units INTEGER NOT NULL CHECK (least_units > 0),
    -- whether it goes together with the program's discount, and with that of a registered deal
    with_program BOOLEAN NOT NULL,
    with_deal BOOLEAN NOT NULL,
    from_pack BOOLEAN NOT NULL,
    approved_by TEXT NOT NULL,
    source TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (program_id, code),
    CHECK (starts_on <= ends_on)
);

-- The categories whose products a promotion is for.
CREATE TABLE promotion_categories (
    promotion_id BIGINT NOT NULL REFERENCES promotions (id),
    category_id BIGINT NOT NULL REFERENCES categories (id),
    PRIMARY KEY (promotion_id, category_id)
);

-- Promotions that may be used on the same line, each pair in both orders.
CREATE TABLE promotion_pairs (
    promotion_id BIGINT NOT NULL REFERENCES promotions (id),
    other_id BIGINT NOT NULL REFERENCES promotions (id),
    PRIMARY KEY (promotion_id, other_id),
    CHECK (promotion_id <> other_id)
);
