-- How a program's SKUs are built, part by part; a program without parts has plain codes.
CREATE TABLE sku_parts (
    program_id BIGINT NOT NULL REFERENCES programs (id),
    -- of its first letter, counted from 1
    position INTEGER NOT NULL CHECK (position > 0),
    length INTEGER NOT NULL CHECK (length > 0),
    name TEXT NOT NULL,
    meaning TEXT NOT NULL CHECK (meaning IN ('product', 'months', 'purpose', 'letters')),
    -- the letter that fills up the code of a product; empty where nothing does
    pad TEXT NOT NULL,
    -- plain letters: those of the SKUs that are sold
    sold TEXT NOT NULL,
    PRIMARY KEY (program_id, position)
);

-- What the letters of a part can be; others are not known.
CREATE TABLE sku_letters (
    program_id BIGINT NOT NULL,
    position INTEGER NOT NULL,
    letters TEXT NOT NULL,
    -- what they say: new or renewal in the part for the purpose
    meaning TEXT NOT NULL,
    PRIMARY KEY (program_id, position, letters),
    FOREIGN KEY (program_id, position) REFERENCES sku_parts (program_id, position)
);

-- The older SKUs, each with what it stands for.
CREATE TABLE legacy_skus (
    id INTEGER PRIMARY KEY NOT NULL,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    product_id BIGINT NOT NULL REFERENCES products (id),
    sku TEXT NOT NULL,
    months INTEGER NOT NULL CHECK (months BETWEEN 1 AND 60),
    purpose TEXT NOT NULL CHECK (purpose IN ('new', 'renewal')),
    UNIQUE (program_id, sku),
    UNIQUE (product_id, months, purpose)
);

-- what stands for the product in a SKU; none: its code
ALTER TABLE products ADD COLUMN sku_code TEXT;
