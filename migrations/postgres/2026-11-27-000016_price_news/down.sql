DROP TABLE price_news;
