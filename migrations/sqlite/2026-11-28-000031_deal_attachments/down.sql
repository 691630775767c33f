DROP TABLE deal_approvals;
DROP TABLE deal_attachments;
ALTER TABLE policies DROP COLUMN deal_second_approval;
