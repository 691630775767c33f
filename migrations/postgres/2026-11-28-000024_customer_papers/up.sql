-- The quotes of an inquiry, one that was withdrawn among them.
CREATE INDEX quotes_by_inquiry ON quotes (inquiry_id);

-- What a reseller asks of its own customer, line by line of a quote: its own alone.
CREATE TABLE customer_prices (
    quote_id BIGINT NOT NULL REFERENCES quotes (id),
    -- of the line; a line of a later revision at the same place keeps it if it is the same product
    position INTEGER NOT NULL,
    product_id BIGINT NOT NULL REFERENCES products (id),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    -- of the whole line, in the quote's currency
    price_minor BIGINT NOT NULL CHECK (price_minor >= 0),
    PRIMARY KEY (quote_id, position)
);
