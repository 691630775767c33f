DROP TABLE promotion_pairs;
DROP TABLE promotion_categories;
DROP TABLE promotions;
DROP TABLE discounts;
DROP TABLE prices;
DROP TABLE price_lists;
ALTER TABLE products DROP COLUMN most_units;
