-- A list narrowed to a status is read in the order of its index, whichever status that is.
DROP INDEX inquiries_waiting;
CREATE INDEX inquiries_by_quoter_status
    ON inquiries (program_id, quoter_id, status, submitted_at, reference);
CREATE INDEX inquiries_by_status ON inquiries (program_id, status, submitted_at, reference);
CREATE INDEX quotes_by_quoter_status ON quotes (program_id, quoter_id, status, created_at, reference);
CREATE INDEX quotes_by_status ON quotes (program_id, status, sent_at, reference);
DROP INDEX special_prices_waiting;
CREATE INDEX special_prices_by_status
    ON special_prices (program_id, status, requested_at, reference);
