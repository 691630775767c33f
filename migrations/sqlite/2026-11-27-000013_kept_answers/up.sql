-- Whether nobody active of the organisation holds the role Renewals: kept with every change of roles
-- and contacts, so that the vendor's start page does not look for such partners among all.
ALTER TABLE enrolments ADD COLUMN lacks_renewals BOOLEAN NOT NULL DEFAULT TRUE;
UPDATE enrolments SET lacks_renewals = NOT EXISTS (
    SELECT 1 FROM contacts JOIN contact_roles ON contact_roles.contact_id = contacts.id
     WHERE contacts.organisation_id = enrolments.organisation_id
       AND contacts.status = 'active'
       AND contact_roles.program_id = enrolments.program_id
       AND contact_roles.role = 'renewals'
       AND contact_roles.held);
CREATE INDEX enrolments_lacking ON enrolments (program_id, part, status, lacks_renewals, name_key,
    reference);

-- How many mails of each event were queued on a day, and how many of those were told in digests: the
-- vendor's counts add up some hundred rows instead of a hundred thousand mails.
CREATE TABLE mail_tallies (
    program_id BIGINT NOT NULL REFERENCES programs (id),
    queued_on DATE NOT NULL,
    event TEXT NOT NULL,
    -- a total lies in several rows, so that those who write at once do not wait for one another
    shard INTEGER NOT NULL,
    mails BIGINT NOT NULL,
    digested BIGINT NOT NULL,
    PRIMARY KEY (program_id, queued_on, event, shard)
);
INSERT INTO mail_tallies (program_id, queued_on, event, shard, mails, digested)
    SELECT program_id, queued_on, event, 0, COUNT(*),
           SUM(CASE WHEN status = 'digested' THEN 1 ELSE 0 END)
      FROM mails WHERE program_id IS NOT NULL AND queued_on IS NOT NULL
     GROUP BY program_id, queued_on, event;
-- What came to neither of these ends, sent or told in a digest, is little and is counted.
CREATE INDEX mails_unsent_by_day ON mails (program_id, queued_on, event, status)
    WHERE status IN ('queued', 'held', 'waiting', 'failed', 'suppressed');
DROP INDEX mails_by_day;
