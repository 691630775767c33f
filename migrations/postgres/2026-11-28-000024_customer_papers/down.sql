DROP TABLE customer_prices;
DROP INDEX quotes_by_inquiry;
