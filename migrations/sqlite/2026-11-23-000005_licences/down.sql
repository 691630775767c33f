DROP TABLE renewal_notices;
DROP TABLE licences;
DROP TABLE orders;
DROP TABLE customers;
