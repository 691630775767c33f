-- Who may sign in, how, and from where they are signed in.
CREATE TABLE logins (
    id INTEGER PRIMARY KEY NOT NULL,
    contact_id BIGINT NOT NULL UNIQUE REFERENCES contacts (id),
    email_key TEXT NOT NULL UNIQUE,
    -- PHC string (argon2id); none until the invitation is accepted
    password_hash TEXT,
    password_set_at TIMESTAMP,
    locked_at TIMESTAMP,
    invited_at TIMESTAMP,
    signed_in_at TIMESTAMP
);

CREATE TABLE sessions (
    id INTEGER PRIMARY KEY NOT NULL,
    -- SHA-256 of the key that the cookie carries
    key_hash TEXT NOT NULL UNIQUE,
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    created_at TIMESTAMP NOT NULL,
    seen_at TIMESTAMP NOT NULL,
    idle_until_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL,
    user_agent TEXT NOT NULL,
    client TEXT NOT NULL
);
CREATE INDEX sessions_by_contact ON sessions (contact_id);
CREATE INDEX sessions_by_end ON sessions (ends_at);

CREATE TABLE one_time_links (
    id INTEGER PRIMARY KEY NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    purpose TEXT NOT NULL CHECK (purpose IN ('invitation', 'password_reset', 'set_up')),
    contact_id BIGINT REFERENCES contacts (id),
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP
);
CREATE INDEX one_time_links_by_contact ON one_time_links (contact_id, purpose);

-- How often something was tried in a window of time, by a hash of who or what.
CREATE TABLE throttles (
    bucket TEXT NOT NULL,
    key_hash TEXT NOT NULL,
    window_at TIMESTAMP NOT NULL,
    spent INTEGER NOT NULL,
    PRIMARY KEY (bucket, key_hash, window_at)
);
CREATE INDEX throttles_by_window ON throttles (window_at);

-- What one installation knows of itself: the cookie key, the clock of a demo.
CREATE TABLE settings (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
);
