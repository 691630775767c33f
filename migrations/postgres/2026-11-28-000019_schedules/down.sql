DROP TABLE mail_enclosures;
ALTER TABLE mails DROP COLUMN list;
DROP TABLE schedule_recipients;
DROP TABLE schedule_lines;
DROP TABLE schedules;
