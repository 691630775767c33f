-- How deals were decided and how they ended, for their figures; the next steps with leads; and who has sold
-- what, for the ranking of partners.

-- Each as it was then: figures are read from here alone.
CREATE TABLE deal_results (
    deal_id BIGINT NOT NULL REFERENCES deals (id),
    -- the vendor's decision, or the end of a deal that was approved
    result TEXT NOT NULL CHECK (result IN ('approved', 'rejected', 'duplicate', 'won', 'lost', 'expired',
        'revoked')),
    program_id BIGINT NOT NULL REFERENCES programs (id),
    partner_id BIGINT NOT NULL REFERENCES organisations (id),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    msrp_minor BIGINT NOT NULL CHECK (msrp_minor >= 0),
    at TIMESTAMP NOT NULL,
    -- seconds since the deal was submitted last
    after BIGINT NOT NULL CHECK (after >= 0),
    PRIMARY KEY (deal_id, result)
);
-- what was decided before is told by the history alone
INSERT INTO deal_results (deal_id, result, program_id, partner_id, currency, msrp_minor, at, after)
    SELECT deals.id, events.result, deals.program_id, deals.partner_id, deals.currency, deals.msrp_minor, events.at,
        CASE WHEN events.at > deals.submitted_at
            THEN CAST(FLOOR(EXTRACT(EPOCH FROM events.at - deals.submitted_at)) AS BIGINT)
            ELSE 0 END
    FROM deals
    JOIN (SELECT subject_id, REPLACE(action, 'deal.', '') AS result, MAX(at) AS at FROM audit_events
        WHERE subject_kind = 'deal' AND action IN ('deal.approved', 'deal.rejected', 'deal.duplicate', 'deal.won',
            'deal.lost', 'deal.expired', 'deal.revoked')
        GROUP BY subject_id, action) AS events ON events.subject_id = deals.id
    WHERE deals.submitted_at IS NOT NULL
    ORDER BY deals.id, events.result;
CREATE INDEX deal_results_by_time
    ON deal_results (program_id, at, result, currency, msrp_minor, after, partner_id);
CREATE INDEX deal_results_by_partner
    ON deal_results (program_id, partner_id, at, result, currency, msrp_minor, after);
-- what is open
CREATE INDEX deals_open ON deals (program_id, status, currency, closes_on, msrp_minor, partner_id)
    WHERE status IN ('submitted', 'in_review', 'returned', 'approved');
CREATE INDEX deals_open_by_partner ON deals (program_id, partner_id, status, currency, closes_on, msrp_minor)
    WHERE status IN ('submitted', 'in_review', 'returned', 'approved');

-- Of leads that a partner is at work on: the step that its newest activity names with a day.
CREATE TABLE lead_next_steps (
    lead_id BIGINT PRIMARY KEY NOT NULL REFERENCES leads (id),
    -- the lead's, so that the list of a day is read in index order
    reference TEXT NOT NULL,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    due_on DATE NOT NULL,
    step TEXT NOT NULL CHECK (step <> '')
);
INSERT INTO lead_next_steps (lead_id, reference, program_id, organisation_id, due_on, step)
    SELECT leads.id, leads.reference, leads.program_id, lead_activities.organisation_id, lead_activities.next_on,
        lead_activities.next_step
    FROM leads JOIN lead_activities ON lead_activities.id = (
        SELECT MAX(newest.id) FROM lead_activities AS newest
         WHERE newest.lead_id = leads.id AND newest.organisation_id = leads.assigned_to_id)
    WHERE leads.status IN ('opened', 'accepted', 'in_progress') AND lead_activities.next_on IS NOT NULL
    ORDER BY leads.id;
CREATE INDEX lead_next_steps_by_day ON lead_next_steps (program_id, due_on, reference);
CREATE INDEX lead_next_steps_by_partner ON lead_next_steps (program_id, organisation_id, due_on,
    reference);

CREATE INDEX licences_sold ON licences (program_id, reseller_id, product_id);
