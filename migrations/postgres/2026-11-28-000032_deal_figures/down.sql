DROP INDEX licences_sold;
DROP TABLE lead_next_steps;
DROP INDEX deals_open_by_partner;
DROP INDEX deals_open;
DROP TABLE deal_results;
