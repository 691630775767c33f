-- Organisations and the programs a vendor runs. A program's contents come from its pack.
CREATE TABLE organisations (
    id INTEGER PRIMARY KEY NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- the name folded for search and sorting: no case, no accents, no punctuation
    -- ordered by code points on both engines: a prefix is a range
    name_key TEXT NOT NULL,
    -- ISO 3166-1 alpha-2
    country TEXT NOT NULL CHECK (length(country) = 2),
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX organisations_by_name ON organisations (name_key, reference);

CREATE TABLE programs (
    id INTEGER PRIMARY KEY NOT NULL,
    -- what stands in addresses: /p/{slug}/
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    vendor_id BIGINT NOT NULL REFERENCES organisations (id),
    -- ISO 4217
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    -- IANA name; dates of the program are dates of this zone
    time_zone TEXT NOT NULL,
    -- #rrggbb
    colour TEXT NOT NULL CHECK (length(colour) = 7),
    -- for how many days the last rung of the notice ladder is still told after a gap
    notice_late_days INTEGER NOT NULL CHECK (notice_late_days >= 0),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX programs_by_vendor ON programs (vendor_id);

CREATE TABLE partner_types (
    id INTEGER PRIMARY KEY NOT NULL,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    UNIQUE (program_id, key)
);

CREATE TABLE tiers (
    id INTEGER PRIMARY KEY NOT NULL,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    -- 1 is the lowest
    rank INTEGER NOT NULL,
    UNIQUE (program_id, key)
);

-- Days before the end of a licence on which its renewal notice is due; negative is after it.
CREATE TABLE notice_rungs (
    program_id BIGINT NOT NULL REFERENCES programs (id),
    days_before INTEGER NOT NULL CHECK (days_before BETWEEN -365 AND 365),
    PRIMARY KEY (program_id, days_before)
);

-- Effective-dated rules: the row with the latest effective_on that is not in the future is in force;
-- the first also covers every day before it.
CREATE TABLE policies (
    id INTEGER PRIMARY KEY NOT NULL,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    effective_on DATE NOT NULL,
    term_starts TEXT NOT NULL CHECK (term_starts IN ('activation', 'processed')),
    -- keys of the categories whose renewals a key activates, separated by spaces
    renewals_by_key TEXT NOT NULL,
    warranty_starts TEXT NOT NULL CHECK (warranty_starts IN ('activation', 'processed')),
    warranty_grace_days INTEGER NOT NULL CHECK (warranty_grace_days >= 0),
    -- months with a legacy SKU of their own, separated by spaces
    standard_terms TEXT NOT NULL,
    -- orderable SKU forms, separated by spaces; empty where codes are plain
    sku_forms TEXT NOT NULL,
    odd_terms TEXT NOT NULL CHECK (odd_terms IN ('one_month_multiples', 'own_sku', 'none')),
    quoted_by TEXT NOT NULL CHECK (quoted_by IN ('vendor', 'distributor')),
    lead_inactivity_days INTEGER CHECK (lead_inactivity_days > 0),
    closes_leads_inactive_days INTEGER CHECK (closes_leads_inactive_days > 0),
    nfr_on_joining BOOLEAN NOT NULL,
    renewal_lapse_days INTEGER NOT NULL CHECK (renewal_lapse_days >= 0),
    deal_protection_days INTEGER NOT NULL CHECK (deal_protection_days > 0),
    quote_validity_days INTEGER NOT NULL CHECK (quote_validity_days > 0),
    source TEXT NOT NULL,
    UNIQUE (program_id, effective_on)
);

CREATE TABLE categories (
    id INTEGER PRIMARY KEY NOT NULL,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    UNIQUE (program_id, key)
);

CREATE TABLE products (
    id INTEGER PRIMARY KEY NOT NULL,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    category_id BIGINT NOT NULL REFERENCES categories (id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('subscription', 'hardware', 'perpetual', 'service',
        'support_plan', 'training', 'usage')),
    unit TEXT NOT NULL,
    warranty_months INTEGER CHECK (warranty_months > 0),
    -- invented for the demo, not a product of the vendor
    illustrative BOOLEAN NOT NULL,
    UNIQUE (program_id, code)
);
