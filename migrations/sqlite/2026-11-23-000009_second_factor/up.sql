-- Second factors: codes of an app, recovery codes, and sign-ins that still lack one of them.
ALTER TABLE logins ADD COLUMN second_factor_at TIMESTAMP;
-- taken away by somebody else: another one, or a long password, has to come in its place
ALTER TABLE logins ADD COLUMN second_factor_owed BOOLEAN NOT NULL DEFAULT FALSE;

-- The secret that a person's app shares; it counts once logins.second_factor_at is set.
CREATE TABLE second_factors (
    id INTEGER PRIMARY KEY NOT NULL,
    contact_id BIGINT NOT NULL UNIQUE REFERENCES contacts (id),
    -- which of the installation's keys has sealed the secret; the keys are not in this database
    key_id TEXT NOT NULL,
    sealed_secret TEXT NOT NULL,
    -- the last thirty seconds whose code was taken: none is taken twice
    last_step BIGINT NOT NULL,
    begun_at TIMESTAMP NOT NULL
);
CREATE INDEX second_factors_by_key ON second_factors (key_id);

CREATE TABLE recovery_codes (
    id INTEGER PRIMARY KEY NOT NULL,
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    -- SHA-256 of the code
    code_hash TEXT NOT NULL UNIQUE,
    made_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP
);
CREATE INDEX recovery_codes_by_contact ON recovery_codes (contact_id);

-- Sign-ins whose password was right and whose code is still to come. They open nothing.
CREATE TABLE half_sign_ins (
    id INTEGER PRIMARY KEY NOT NULL,
    -- SHA-256 of the key that the cookie carries
    key_hash TEXT NOT NULL UNIQUE,
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    ends_at TIMESTAMP NOT NULL
);
CREATE INDEX half_sign_ins_by_contact ON half_sign_ins (contact_id);
CREATE INDEX half_sign_ins_by_end ON half_sign_ins (ends_at);
