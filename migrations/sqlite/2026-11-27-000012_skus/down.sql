ALTER TABLE products DROP COLUMN sku_code;
DROP TABLE legacy_skus;
DROP TABLE sku_letters;
DROP TABLE sku_parts;
