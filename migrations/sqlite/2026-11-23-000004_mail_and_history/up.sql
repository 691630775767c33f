-- The outbox: a mail is a row written in the transaction of the change that causes it.
CREATE TABLE mails (
    id INTEGER PRIMARY KEY NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    -- what makes a second mail for the same cause and person impossible
    dedupe_key TEXT NOT NULL UNIQUE,
    event TEXT NOT NULL,
    program_id BIGINT REFERENCES programs (id),
    -- the organisation that the mail is about
    organisation_id BIGINT REFERENCES organisations (id),
    contact_id BIGINT REFERENCES contacts (id),
    to_name TEXT NOT NULL,
    to_email TEXT NOT NULL,
    -- why this person gets it, as the mail says it
    reason TEXT NOT NULL,
    role TEXT,
    subject TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    -- queued: waiting for a worker, or being sent; held: parked by an operator or a restore
    -- waiting: for its recipient's digest or the end of the quiet hours; digested: told in a digest
    -- suppressed: not sent, because its recipient left or lost the role meanwhile
    status TEXT NOT NULL CHECK (status IN ('queued', 'sent', 'failed', 'held', 'waiting', 'digested',
        'suppressed')),
    -- counts the claims; a worker that settles an older attempt than this changes nothing
    attempts INTEGER NOT NULL,
    -- not to be claimed before; a claim moves it on by the length of the lease
    next_attempt_at TIMESTAMP NOT NULL,
    -- no further attempt after this; counted from the first one
    give_up_at TIMESTAMP,
    queued_at TIMESTAMP NOT NULL,
    -- when it came to an end: sent, failed, digested or suppressed
    settled_at TIMESTAMP,
    -- the last answer of the mail server, or why it was not sent
    answer TEXT NOT NULL
);
CREATE INDEX mails_due ON mails (next_attempt_at, id) WHERE status = 'queued';
CREATE INDEX mails_unsent ON mails (status, id) WHERE status IN ('held', 'failed');
CREATE INDEX mails_by_organisation ON mails (organisation_id, id);
CREATE INDEX mails_by_contact ON mails (contact_id, id);
CREATE INDEX mails_by_program ON mails (program_id, id);

-- Apart from the row that is claimed and listed, because it is large.
CREATE TABLE mail_bodies (
    mail_id BIGINT PRIMARY KEY NOT NULL REFERENCES mails (id),
    text_body TEXT NOT NULL,
    html_body TEXT NOT NULL
);

-- Where the demo delivers: each message as it would have gone over SMTP.
CREATE TABLE mailbox_messages (
    id INTEGER PRIMARY KEY NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    message_id TEXT NOT NULL UNIQUE,
    to_name TEXT NOT NULL,
    to_email TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- recipient and subject, folded for search
    search_key TEXT NOT NULL,
    received_at TIMESTAMP NOT NULL,
    source TEXT NOT NULL
);
CREATE INDEX mailbox_messages_by_time ON mailbox_messages (received_at, reference);
CREATE INDEX mailbox_messages_by_recipient ON mailbox_messages (to_email, received_at, reference);

CREATE TABLE audit_events (
    id INTEGER PRIMARY KEY NOT NULL,
    at TIMESTAMP NOT NULL,
    program_id BIGINT REFERENCES programs (id),
    organisation_id BIGINT REFERENCES organisations (id),
    -- which record changed: its kind, its key, and what it was called at the time
    subject_kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    subject_reference TEXT NOT NULL,
    subject_name TEXT NOT NULL,
    action TEXT NOT NULL,
    actor_id BIGINT REFERENCES contacts (id),
    actor_name TEXT NOT NULL,
    from_value TEXT NOT NULL,
    to_value TEXT NOT NULL,
    why TEXT NOT NULL
);
CREATE INDEX audit_events_by_subject ON audit_events (subject_kind, subject_id, id);
CREATE INDEX audit_events_by_program ON audit_events (program_id, id);
CREATE INDEX audit_events_by_organisation ON audit_events (organisation_id, id);
CREATE INDEX audit_events_by_record ON audit_events (program_id, subject_reference, id);
CREATE INDEX audit_events_by_actor ON audit_events (actor_id, id);

-- Which recurring work was done for which day, or is being done.
CREATE TABLE sweep_runs (
    name TEXT NOT NULL,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    day_on DATE NOT NULL,
    -- counts the claims, like those of mails
    attempts INTEGER NOT NULL,
    -- until then it is somebody's; unfinished after that, it is anybody's
    claimed_until_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP,
    outcome TEXT NOT NULL,
    PRIMARY KEY (name, program_id, day_on)
);
