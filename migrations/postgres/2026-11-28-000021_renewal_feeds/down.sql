DROP TABLE basket_lines;
DROP TABLE calendar_feeds;
