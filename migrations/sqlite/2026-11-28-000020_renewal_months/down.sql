DROP INDEX licences_reseller_totals;
CREATE INDEX licences_reseller_totals ON licences (program_id, reseller_id, due_on, currency,
    renewed_by_id, quantity, unit_price_minor);
DROP TABLE licence_tallies;
CREATE TABLE licence_tallies (
    id INTEGER PRIMARY KEY NOT NULL,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    distributor_id BIGINT REFERENCES organisations (id),
    due_on DATE NOT NULL,
    currency TEXT NOT NULL,
    lines BIGINT NOT NULL,
    renewed BIGINT NOT NULL,
    open_minor BIGINT NOT NULL,
    renewed_minor BIGINT NOT NULL
);
INSERT INTO licence_tallies (program_id, distributor_id, due_on, currency, lines, renewed, open_minor,
    renewed_minor)
SELECT program_id, CAST(NULL AS BIGINT), due_on, currency, COUNT(*), COUNT(renewed_by_id),
    CAST(SUM(CASE WHEN renewed_by_id IS NULL THEN quantity * unit_price_minor ELSE 0 END) AS BIGINT),
    CAST(SUM(CASE WHEN renewed_by_id IS NULL THEN 0 ELSE quantity * unit_price_minor END) AS BIGINT)
FROM licences
GROUP BY program_id, due_on, currency
UNION ALL
SELECT program_id, distributor_id, due_on, currency, COUNT(*), COUNT(renewed_by_id),
    CAST(SUM(CASE WHEN renewed_by_id IS NULL THEN quantity * unit_price_minor ELSE 0 END) AS BIGINT),
    CAST(SUM(CASE WHEN renewed_by_id IS NULL THEN 0 ELSE quantity * unit_price_minor END) AS BIGINT)
FROM licences WHERE distributor_id IS NOT NULL
GROUP BY program_id, distributor_id, due_on, currency;
CREATE INDEX licence_tallies_by_day ON licence_tallies (program_id, distributor_id, due_on, currency,
    lines, renewed, open_minor, renewed_minor);
ALTER TABLE programs DROP COLUMN renewal_target_percent;
