-- People, what they may do and which mail they get.
CREATE TABLE contacts (
    id INTEGER PRIMARY KEY NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    name TEXT NOT NULL,
    -- ordered by code points on both engines: a prefix is a range
    name_key TEXT NOT NULL,
    email TEXT NOT NULL,
    -- the address folded for comparison
    email_key TEXT NOT NULL,
    job_title TEXT NOT NULL,
    phone TEXT NOT NULL,
    -- BCP 47: how dates and numbers are written for this person
    locale TEXT NOT NULL,
    access TEXT NOT NULL CHECK (access IN ('administrator', 'member', 'program_manager', 'cam',
        'back_office')),
    status TEXT NOT NULL CHECK (status IN ('active', 'deactivated')),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (organisation_id, email_key)
);
CREATE INDEX contacts_by_name ON contacts (organisation_id, name_key, reference);
CREATE INDEX contacts_by_access ON contacts (organisation_id, access, status);

CREATE TABLE enrolments (
    id INTEGER PRIMARY KEY NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    part TEXT NOT NULL CHECK (part IN ('distributor', 'partner')),
    tier_id BIGINT REFERENCES tiers (id),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    status TEXT NOT NULL CHECK (status IN ('applied', 'active', 'suspended', 'ended')),
    -- the channel account manager, a contact of the vendor
    cam_id BIGINT REFERENCES contacts (id),
    -- the organisation's name_key again: the list of a program is read in index order
    -- ordered by code points on both engines: a prefix is a range
    name_key TEXT NOT NULL,
    enrolled_on DATE NOT NULL,
    -- counts the saves of the contact-role matrix
    roles_revision BIGINT NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (organisation_id, program_id)
);
CREATE INDEX enrolments_by_name ON enrolments (program_id, name_key, reference);
CREATE INDEX enrolments_by_part ON enrolments (program_id, part, name_key, reference);
CREATE INDEX enrolments_by_cam ON enrolments (cam_id, name_key, reference);

CREATE TABLE enrolment_types (
    enrolment_id BIGINT NOT NULL REFERENCES enrolments (id),
    type_id BIGINT NOT NULL REFERENCES partner_types (id),
    PRIMARY KEY (enrolment_id, type_id)
);

CREATE INDEX enrolment_types_back ON enrolment_types (type_id, enrolment_id);

-- The distributors a partner may buy from, both as enrolments of one program.
CREATE TABLE enrolment_distributors (
    enrolment_id BIGINT NOT NULL REFERENCES enrolments (id),
    distributor_id BIGINT NOT NULL REFERENCES enrolments (id),
    PRIMARY KEY (enrolment_id, distributor_id)
);
CREATE INDEX enrolment_distributors_back ON enrolment_distributors (distributor_id, enrolment_id);

-- One row per cell of the matrix that was ever ticked; held says whether it is ticked now, and
-- revision at which save of the matrix (enrolments.roles_revision) that was decided.
CREATE TABLE contact_roles (
    program_id BIGINT NOT NULL REFERENCES programs (id),
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    role TEXT NOT NULL CHECK (role IN ('renewals', 'leads', 'deal_registration',
        'program_updates', 'marketing', 'pricing_inquiries')),
    held BOOLEAN NOT NULL,
    revision BIGINT NOT NULL,
    changed_by_id BIGINT REFERENCES contacts (id),
    changed_by TEXT NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    PRIMARY KEY (contact_id, program_id, role)
);
