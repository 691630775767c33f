-- Files that partners add to their deals, and from which value on two people approve one.
ALTER TABLE policies ADD COLUMN deal_second_approval TEXT NOT NULL DEFAULT '';

CREATE TABLE deal_attachments (
    id INTEGER PRIMARY KEY NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    deal_id BIGINT NOT NULL REFERENCES deals (id),
    -- as the partner calls it, without folders
    name TEXT NOT NULL,
    -- what its content is
    kind TEXT NOT NULL CHECK (kind IN ('pdf', 'png', 'jpeg', 'docx', 'xlsx', 'pptx', 'txt', 'csv')),
    -- bytes
    size BIGINT NOT NULL CHECK (size > 0),
    -- of the content, in hexadecimal
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    added_by TEXT NOT NULL,
    added_at TIMESTAMP NOT NULL,
    -- the last column: who lists files does not read it
    content BLOB NOT NULL,
    UNIQUE (deal_id, name)
);

-- The first of the two approvals that a deal needs. It goes when the deal comes to another state.
CREATE TABLE deal_approvals (
    deal_id BIGINT PRIMARY KEY NOT NULL REFERENCES deals (id),
    approved_by_id BIGINT NOT NULL REFERENCES contacts (id),
    approved_by TEXT NOT NULL,
    approved_at TIMESTAMP NOT NULL,
    note TEXT NOT NULL
);
