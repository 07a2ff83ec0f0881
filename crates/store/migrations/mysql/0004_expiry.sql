-- Finds what has expired while it waited: empty for messages that do not wait or do not expire.
ALTER TABLE message_logs ADD COLUMN waiting_expires_at BIGINT GENERATED ALWAYS AS (CASE WHEN due_at IS NULL THEN NULL ELSE expires_at END) VIRTUAL;
CREATE INDEX message_logs_by_expiry ON message_logs (waiting_expires_at, id);
