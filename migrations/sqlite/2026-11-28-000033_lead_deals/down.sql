DROP TABLE lead_deals;
