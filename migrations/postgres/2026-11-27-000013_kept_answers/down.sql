CREATE INDEX mails_by_day ON mails (program_id, queued_on, event, status, organisation_id);
DROP INDEX mails_unsent_by_day;
DROP TABLE mail_tallies;
DROP INDEX enrolments_lacking;
ALTER TABLE enrolments DROP COLUMN lacks_renewals;
