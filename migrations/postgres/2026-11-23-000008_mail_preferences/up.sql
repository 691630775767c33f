-- When mail reaches a contact. No row: each program's time zone, digests at seven, no quiet hours.
CREATE TABLE mail_preferences (
    contact_id BIGINT PRIMARY KEY NOT NULL REFERENCES contacts (id),
    -- IANA name; none: each program's own
    time_zone TEXT,
    -- the hour of the day at which digests come
    digest_hour INTEGER NOT NULL CHECK (digest_hour BETWEEN 0 AND 23),
    -- the hours of the day between which no mail by role is sent; none, or both
    quiet_from INTEGER CHECK (quiet_from BETWEEN 0 AND 23),
    quiet_until INTEGER CHECK (quiet_until BETWEEN 0 AND 23),
    -- counts the saves: whoever saves says which one it has seen
    revision INTEGER NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    CHECK ((quiet_from IS NULL) = (quiet_until IS NULL)),
    CHECK (quiet_from <> quiet_until)
);

-- How often mail of a role reaches a contact. No row: at once. The contact leads the key, because
-- all of a person's are read together, whatever the program.
CREATE TABLE mail_rhythms (
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    program_id BIGINT NOT NULL REFERENCES programs (id),
    role TEXT NOT NULL,
    rhythm TEXT NOT NULL CHECK (rhythm IN ('daily', 'weekly')),
    -- of a weekly digest: 1 is Monday, 7 is Sunday
    weekday INTEGER CHECK (weekday BETWEEN 1 AND 7),
    PRIMARY KEY (contact_id, program_id, role),
    CHECK ((rhythm = 'weekly') = (weekday IS NOT NULL))
);

-- Until when a waiting mail waits, in the portal's own time.
ALTER TABLE mails ADD COLUMN waiting_until_at TIMESTAMP;
-- The digest that says what this mail would have said.
ALTER TABLE mails ADD COLUMN digest_id BIGINT REFERENCES mails (id);
CREATE INDEX mails_waiting ON mails (waiting_until_at, contact_id, program_id)
    WHERE status = 'waiting';
CREATE INDEX mails_waiting_by_contact ON mails (contact_id, program_id, id)
    WHERE status = 'waiting';
CREATE INDEX mails_by_digest ON mails (digest_id, id) WHERE digest_id IS NOT NULL;
