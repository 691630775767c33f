-- An address with a secret under which a calendar program reads what a person sees of renewals.
CREATE TABLE calendar_feeds (
    id INTEGER PRIMARY KEY NOT NULL,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    -- SHA-256 of the secret
    token_hash TEXT NOT NULL UNIQUE,
    created_at TIMESTAMP NOT NULL,
    -- when it was read last
    fetched_at TIMESTAMP,
    UNIQUE (contact_id, program_id)
);

-- Licences that a person has put aside, to ask for the prices of their renewals together.
CREATE TABLE basket_lines (
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    program_id BIGINT NOT NULL REFERENCES programs (id),
    licence_id BIGINT NOT NULL REFERENCES licences (id),
    added_at TIMESTAMP NOT NULL,
    PRIMARY KEY (contact_id, program_id, licence_id)
);
