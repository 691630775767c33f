-- The share of licences that a program means to see renewed; none: it says nothing of it.
ALTER TABLE programs ADD COLUMN renewal_target_percent INTEGER
    CHECK (renewal_target_percent BETWEEN 1 AND 100);

-- The totals count what can be renewed, and they are kept by month beside by day: a page adds up
-- some thirty months, and single days only of the two months in which something changes.
DROP TABLE licence_tallies;
CREATE TABLE licence_tallies (
    id INTEGER PRIMARY KEY NOT NULL,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    -- whose lines are counted; none: all of the program's
    distributor_id BIGINT REFERENCES organisations (id),
    span TEXT NOT NULL CHECK (span IN ('day', 'month')),
    -- the last day of the lines; of a month, its first day
    due_on DATE NOT NULL,
    currency TEXT NOT NULL,
    lines BIGINT NOT NULL,
    -- those of them that another licence has taken over
    renewed BIGINT NOT NULL,
    open_minor BIGINT NOT NULL,
    renewed_minor BIGINT NOT NULL
);
INSERT INTO licence_tallies (program_id, distributor_id, span, due_on, currency, lines, renewed,
    open_minor, renewed_minor)
SELECT program_id, CAST(NULL AS BIGINT), 'day', due_on, currency, COUNT(*), COUNT(renewed_by_id),
    CAST(SUM(CASE WHEN renewed_by_id IS NULL THEN quantity * unit_price_minor ELSE 0 END) AS BIGINT),
    CAST(SUM(CASE WHEN renewed_by_id IS NULL THEN 0 ELSE quantity * unit_price_minor END) AS BIGINT)
FROM licences WHERE kind IN ('new', 'renewal') AND ends_on IS NOT NULL
GROUP BY program_id, due_on, currency
UNION ALL
SELECT program_id, distributor_id, 'day', due_on, currency, COUNT(*), COUNT(renewed_by_id),
    CAST(SUM(CASE WHEN renewed_by_id IS NULL THEN quantity * unit_price_minor ELSE 0 END) AS BIGINT),
    CAST(SUM(CASE WHEN renewed_by_id IS NULL THEN 0 ELSE quantity * unit_price_minor END) AS BIGINT)
FROM licences WHERE kind IN ('new', 'renewal') AND ends_on IS NOT NULL AND distributor_id IS NOT NULL
GROUP BY program_id, distributor_id, due_on, currency;
INSERT INTO licence_tallies (program_id, distributor_id, span, due_on, currency, lines, renewed,
    open_minor, renewed_minor)
SELECT program_id, distributor_id, 'month', date(due_on, 'start of month'), currency,
    SUM(lines), SUM(renewed), SUM(open_minor), SUM(renewed_minor)
FROM licence_tallies
GROUP BY program_id, distributor_id, date(due_on, 'start of month'), currency;
CREATE INDEX licence_tallies_by_span ON licence_tallies (program_id, distributor_id, span, due_on,
    currency, lines, renewed, open_minor, renewed_minor);
-- a partner's totals, read from this index alone
DROP INDEX licences_reseller_totals;
CREATE INDEX licences_reseller_totals ON licences (program_id, reseller_id, due_on, currency, kind,
    renewed_by_id, quantity, unit_price_minor);
