DROP INDEX licences_unused_by_distributor;
DROP INDEX licences_unused_by_reseller;
DROP INDEX licences_unused;
DROP TABLE set_backs;
