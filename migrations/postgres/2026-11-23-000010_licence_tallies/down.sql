DROP INDEX licences_reseller_totals;
DROP TABLE licence_tallies;
