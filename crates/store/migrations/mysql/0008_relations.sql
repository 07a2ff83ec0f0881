-- How messages stand to others: what they answer, whom they name, whether they are forwarded (JSON, NULL for nothing of
-- it); and when they were edited or taken back.
ALTER TABLE message_logs
    ADD COLUMN relations TEXT,
    ADD COLUMN edited_at BIGINT,
    ADD COLUMN revoked_at BIGINT;
