-- What a processed order made, as a paper: its parties, and its lines with their dates as issued.
CREATE TABLE schedules (
    id INTEGER PRIMARY KEY NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    order_id BIGINT NOT NULL UNIQUE REFERENCES orders (id),
    reseller_id BIGINT NOT NULL REFERENCES organisations (id),
    distributor_id BIGINT REFERENCES organisations (id),
    customer_id BIGINT NOT NULL REFERENCES customers (id),
    -- when the order was processed, and the program's day of it
    issued_at TIMESTAMP NOT NULL,
    issued_on DATE NOT NULL,
    -- how many lines it has
    lines INTEGER NOT NULL CHECK (lines > 0)
);
CREATE INDEX schedules_by_reseller ON schedules (program_id, reseller_id, issued_at, reference);
CREATE INDEX schedules_by_distributor ON schedules (program_id, distributor_id, issued_at, reference);
CREATE INDEX schedules_by_time ON schedules (program_id, issued_at, reference);
-- the one before, for the same customer
CREATE INDEX schedules_by_customer ON schedules (customer_id, issued_at, id);

-- What else a line says stands with its licence, which keeps it.
CREATE TABLE schedule_lines (
    schedule_id BIGINT NOT NULL REFERENCES schedules (id),
    position INTEGER NOT NULL,
    licence_id BIGINT NOT NULL REFERENCES licences (id),
    starts_on DATE,
    ends_on DATE,
    warranty_starts_on DATE,
    warranty_ends_on DATE,
    PRIMARY KEY (schedule_id, position)
);

-- Who of a partner gets its schedules by mail: a row for each who does.
CREATE TABLE schedule_recipients (
    program_id BIGINT NOT NULL REFERENCES programs (id),
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    added_by_id BIGINT REFERENCES contacts (id),
    added_by TEXT NOT NULL,
    added_at TIMESTAMP NOT NULL,
    PRIMARY KEY (contact_id, program_id)
);

-- The list of an organisation's own that a mail goes to, beside the contact roles.
ALTER TABLE mails ADD COLUMN list TEXT;

-- Files that go with a mail, by what each is made from when it is sent.
CREATE TABLE mail_enclosures (
    mail_id BIGINT NOT NULL REFERENCES mails (id),
    position INTEGER NOT NULL,
    -- which slice makes it, and from which record
    maker TEXT NOT NULL,
    record TEXT NOT NULL,
    -- BCP 47: how its dates and numbers are written
    locale TEXT NOT NULL,
    file_name TEXT NOT NULL,
    PRIMARY KEY (mail_id, position)
);
