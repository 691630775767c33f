-- The deal that came of a lead. With a draft that is thrown away its line goes too.
CREATE TABLE lead_deals (
    lead_id BIGINT PRIMARY KEY NOT NULL REFERENCES leads (id),
    deal_id BIGINT NOT NULL UNIQUE REFERENCES deals (id) ON DELETE CASCADE
);
