-- How many licences end on a day and what they are worth, as changes that add up: a vendor's and a
-- distributor's totals are read from here, not from a million lines.
CREATE TABLE licence_tallies (
    id INTEGER PRIMARY KEY NOT NULL,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    -- whose lines are counted; none: all of the program's
    distributor_id BIGINT REFERENCES organisations (id),
    due_on DATE NOT NULL,
    currency TEXT NOT NULL,
    lines BIGINT NOT NULL,
    -- those of them that another licence has taken over
    renewed BIGINT NOT NULL,
    open_minor BIGINT NOT NULL,
    renewed_minor BIGINT NOT NULL
);
CREATE INDEX licence_tallies_by_day ON licence_tallies (program_id, distributor_id, due_on, currency,
    lines, renewed, open_minor, renewed_minor);
-- a partner's totals, read from this index alone
CREATE INDEX licences_reseller_totals ON licences (program_id, reseller_id, due_on, currency,
    renewed_by_id, quantity, unit_price_minor);
