DROP INDEX mails_undelivered;
DROP INDEX mails_by_day;
DROP INDEX mails_by_enrolment;
CREATE INDEX mails_by_organisation ON mails (organisation_id, id);
ALTER TABLE mail_bodies DROP COLUMN unsubscribe_address;
ALTER TABLE mails DROP COLUMN search_key;
ALTER TABLE mails DROP COLUMN queued_on;
ALTER TABLE mails DROP COLUMN because;
