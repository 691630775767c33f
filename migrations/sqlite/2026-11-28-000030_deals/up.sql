-- Deals that partners register, what protects them, and what can be registered.
ALTER TABLE policies ADD COLUMN deal_thresholds TEXT NOT NULL DEFAULT '';
ALTER TABLE policies ADD COLUMN deal_tenders BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE policies ADD COLUMN deal_categories TEXT;

CREATE TABLE deals (
    id INTEGER PRIMARY KEY NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    partner_id BIGINT NOT NULL REFERENCES organisations (id),
    category_id BIGINT NOT NULL REFERENCES categories (id),
    status TEXT NOT NULL CHECK (status IN ('draft', 'submitted', 'in_review', 'returned', 'approved',
        'rejected', 'duplicate', 'withdrawn', 'won', 'lost', 'expired', 'revoked')),
    -- the end customer, as the partner names it
    customer_name TEXT NOT NULL,
    -- the same without case, accents, punctuation and legal form
    customer_key TEXT NOT NULL,
    customer_country TEXT NOT NULL,
    -- in ASCII and without www; empty where it has none
    customer_domain TEXT NOT NULL,
    contact_name TEXT NOT NULL,
    contact_email TEXT NOT NULL,
    -- ISO 4217
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    -- the sum of its lines
    msrp_minor BIGINT NOT NULL CHECK (msrp_minor >= 0),
    -- when the customer is expected to decide
    closes_on DATE,
    -- how the partner found the opportunity
    found_by TEXT NOT NULL,
    competitor TEXT NOT NULL,
    is_tender BOOLEAN NOT NULL,
    note TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    -- when it was submitted last
    submitted_at TIMESTAMP,
    submitted_by_id BIGINT REFERENCES contacts (id),
    submitted_by TEXT NOT NULL,
    -- the number of its last receipt
    receipt TEXT NOT NULL,
    -- why it is in its state, where whoever decided said so
    why TEXT NOT NULL,
    -- the deal that was registered before it
    duplicate_of_id BIGINT REFERENCES deals (id),
    -- while it is approved: the instant from which its last day was counted, and that day as it was
    -- given, without what maintenance adds to it
    protected_at TIMESTAMP,
    protected_until_on DATE,
    -- the last day that the partner asks for; none where it asks for nothing
    extension_until_on DATE,
    extension_why TEXT NOT NULL,
    -- counts the changes: what was decided on an older one is refused
    revision BIGINT NOT NULL,
    CHECK (status <> 'draft' OR submitted_at IS NULL),
    CHECK (status = 'draft' OR submitted_at IS NOT NULL),
    CHECK ((protected_at IS NULL) = (protected_until_on IS NULL)),
    CHECK (status <> 'approved' OR protected_at IS NOT NULL)
);
CREATE INDEX deals_by_partner ON deals (program_id, partner_id, created_at, reference);
CREATE INDEX deals_by_time ON deals (program_id, submitted_at, reference);
CREATE INDEX deals_by_value ON deals (program_id, msrp_minor, reference) WHERE submitted_at IS NOT NULL;
CREATE INDEX deals_by_status ON deals (program_id, status, submitted_at, reference);
CREATE INDEX deals_by_customer ON deals (program_id, category_id, customer_key);
CREATE INDEX deals_by_domain ON deals (program_id, category_id, customer_domain);
-- what waits: for the vendor, and for the partner
CREATE INDEX deals_waiting ON deals (program_id, submitted_at, reference)
    WHERE status IN ('submitted', 'in_review') OR extension_until_on IS NOT NULL;
CREATE INDEX deals_returned ON deals (program_id, partner_id) WHERE status = 'returned';
-- what runs out
CREATE INDEX deals_protected ON deals (program_id, protected_until_on, id) WHERE status = 'approved';

CREATE TABLE deal_lines (
    id INTEGER PRIMARY KEY NOT NULL,
    deal_id BIGINT NOT NULL REFERENCES deals (id),
    product_id BIGINT NOT NULL REFERENCES products (id),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    -- expected, of all units together
    msrp_minor BIGINT NOT NULL CHECK (msrp_minor >= 0),
    UNIQUE (deal_id, product_id)
);

-- By what the customer of a protected deal is known: in a category each belongs to one deal. They
-- come with the approval and go when it ends.
CREATE TABLE deal_claims (
    program_id BIGINT NOT NULL REFERENCES programs (id),
    category_id BIGINT NOT NULL REFERENCES categories (id),
    claim TEXT NOT NULL,
    deal_id BIGINT NOT NULL REFERENCES deals (id),
    PRIMARY KEY (program_id, category_id, claim)
);
CREATE INDEX deal_claims_by_deal ON deal_claims (deal_id);

-- What was submitted, word for word, and its hash.
CREATE TABLE deal_receipts (
    id INTEGER PRIMARY KEY NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    deal_id BIGINT NOT NULL REFERENCES deals (id),
    submitted_at TIMESTAMP NOT NULL,
    submitted_by TEXT NOT NULL,
    content TEXT NOT NULL,
    -- of the content in UTF-8, in hexadecimal
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64)
);
CREATE INDEX deal_receipts_by_deal ON deal_receipts (deal_id, submitted_at);

-- Which reminders of a last day went out: each once.
CREATE TABLE deal_reminders (
    deal_id BIGINT NOT NULL REFERENCES deals (id),
    until_on DATE NOT NULL,
    days INTEGER NOT NULL,
    told_on DATE NOT NULL,
    PRIMARY KEY (deal_id, until_on, days)
);

-- The registered deal that an inquiry belongs to.
ALTER TABLE inquiries ADD COLUMN deal_id BIGINT REFERENCES deals (id);
CREATE INDEX inquiries_by_deal ON inquiries (deal_id) WHERE deal_id IS NOT NULL;
