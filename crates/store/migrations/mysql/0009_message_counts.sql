-- How many messages of each hour (since 1970, of their acceptance) came to each status, and left it again.
CREATE TABLE message_counts (
    workspace_id VARCHAR(40) NOT NULL,
    mode VARCHAR(64) NOT NULL,
    hour BIGINT NOT NULL,
    account_id VARCHAR(40) NOT NULL,
    status VARCHAR(64) NOT NULL,
    reason VARCHAR(64) NOT NULL,
    has_left SMALLINT NOT NULL,
    messages BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, mode, hour, account_id, status, reason, has_left),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What was there before.
INSERT INTO message_counts (workspace_id, mode, hour, account_id, status, reason, has_left, messages)
SELECT workspace_id, mode, created_at DIV 3600000, account_id, status,
    CASE WHEN status IN ('failed', 'cancelled', 'expired') THEN COALESCE(reason, '') ELSE '' END, 0, COUNT(*)
FROM message_logs
GROUP BY 1, 2, 3, 4, 5, 6;
