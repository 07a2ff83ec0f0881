-- How many messages of each hour (since 1970, of their acceptance) came to each status, and left it again.
CREATE TABLE message_counts (
    workspace_id TEXT NOT NULL,
    mode TEXT NOT NULL,
    hour INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    has_left INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, mode, hour, account_id, status, reason, has_left),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) STRICT, WITHOUT ROWID;

-- What was there before.
INSERT INTO message_counts (workspace_id, mode, hour, account_id, status, reason, has_left, messages)
SELECT workspace_id, mode, created_at / 3600000, account_id, status,
    CASE WHEN status IN ('failed', 'cancelled', 'expired') THEN COALESCE(reason, '') ELSE '' END, 0, COUNT(*)
FROM message_logs
GROUP BY 1, 2, 3, 4, 5, 6;
