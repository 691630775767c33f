ALTER TABLE programs DROP COLUMN maintenance;
DROP TABLE maintenance_capabilities;
DROP TABLE maintenance_windows;
