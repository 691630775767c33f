DROP INDEX mails_by_digest;
DROP INDEX mails_waiting_by_contact;
DROP INDEX mails_waiting;
ALTER TABLE mails DROP COLUMN digest_id;
ALTER TABLE mails DROP COLUMN waiting_until_at;
DROP TABLE mail_rhythms;
DROP TABLE mail_preferences;
