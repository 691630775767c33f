-- As what its recipient gets a mail: holder of the role, stand-in for a role that nobody holds,
-- administrator of the organisation, or owner of the account.
ALTER TABLE mails ADD COLUMN because TEXT
    CHECK (because IN ('holder', 'stand_in', 'administrator', 'account', 'digest'));
-- The program's day on which it was queued; none for mails of no program.
ALTER TABLE mails ADD COLUMN queued_on DATE;
-- Recipient and subject, folded for search.
ALTER TABLE mails ADD COLUMN search_key TEXT NOT NULL DEFAULT '';

-- Where the recipient stops such mails; none where nothing can be stopped. Kept with the text, in
-- which it stands: both are forgotten together.
ALTER TABLE mail_bodies ADD COLUMN unsubscribe_address TEXT;

-- An organisation's ledger, and no other's mails on the way to it.
DROP INDEX mails_by_organisation;
CREATE INDEX mails_by_enrolment ON mails (program_id, organisation_id, id);
-- The vendor's counts are read from this index alone.
CREATE INDEX mails_by_day ON mails (program_id, queued_on, event, status, organisation_id);
-- Mail that came to a bad end is looked for by its program, and is little.
CREATE INDEX mails_undelivered ON mails (program_id, status, queued_on, organisation_id, answer)
    WHERE status IN ('failed', 'suppressed');
