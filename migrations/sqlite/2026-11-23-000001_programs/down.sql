DROP TABLE products;
DROP TABLE categories;
DROP TABLE policies;
DROP TABLE notice_rungs;
DROP TABLE tiers;
DROP TABLE partner_types;
DROP TABLE programs;
DROP TABLE organisations;
