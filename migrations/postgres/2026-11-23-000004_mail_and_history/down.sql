DROP TABLE sweep_runs;
DROP TABLE audit_events;
DROP TABLE mailbox_messages;
DROP TABLE mail_bodies;
DROP TABLE mails;
