-- Maintenance windows: what of a program stops between two instants.

CREATE TABLE maintenance_windows (
    id INTEGER PRIMARY KEY NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    -- the key in the program's pack; none of what was declared in the browser
    pack_key TEXT,
    -- as the pack states it; else declared or changed in the browser
    from_pack BOOLEAN NOT NULL,
    starts_at TIMESTAMP NOT NULL,
    -- the first instant at which everything works again
    ends_at TIMESTAMP NOT NULL,
    message TEXT NOT NULL,
    -- folded for search
    message_key TEXT NOT NULL,
    source TEXT NOT NULL,
    declared_at TIMESTAMP NOT NULL,
    declared_by_id BIGINT REFERENCES contacts (id),
    declared_by TEXT NOT NULL,
    cancelled_at TIMESTAMP,
    -- what the last revision did; what partners are told goes by it
    change TEXT NOT NULL
        CHECK (change IN ('declared', 'edited', 'extended', 'shortened', 'cancelled')),
    -- counts the changes: a change of an older one is refused
    revision BIGINT NOT NULL,
    -- the last revision of which all were told; 0: of none
    told_revision BIGINT NOT NULL,
    -- whether somebody was told that it comes
    announced BOOLEAN NOT NULL,
    -- how far the mails about this revision are: the name and reference of the last enrolment
    after_name_key TEXT NOT NULL,
    after_reference TEXT NOT NULL,
    UNIQUE (program_id, pack_key),
    CHECK (starts_at < ends_at)
);
CREATE INDEX maintenance_windows_by_end ON maintenance_windows (program_id, ends_at);
CREATE INDEX maintenance_windows_by_start ON maintenance_windows (program_id, starts_at, reference);

-- What a window stops.
CREATE TABLE maintenance_capabilities (
    window_id BIGINT NOT NULL REFERENCES maintenance_windows (id),
    capability TEXT NOT NULL CHECK (
        capability IN ('order_processing', 'licence_activation', 'quotes', 'deal_registration')
    ),
    PRIMARY KEY (window_id, capability)
);

-- the windows that are not long over, as every page needs them; kept with each change of a window
ALTER TABLE programs ADD COLUMN maintenance TEXT NOT NULL DEFAULT '';
