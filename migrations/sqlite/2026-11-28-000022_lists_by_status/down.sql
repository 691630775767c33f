DROP INDEX special_prices_by_status;
CREATE INDEX special_prices_waiting ON special_prices (program_id, requested_at)
    WHERE status = 'submitted';
DROP INDEX quotes_by_status;
DROP INDEX quotes_by_quoter_status;
DROP INDEX inquiries_by_status;
DROP INDEX inquiries_by_quoter_status;
CREATE INDEX inquiries_waiting ON inquiries (program_id, quoter_id, submitted_at)
    WHERE status = 'submitted';
