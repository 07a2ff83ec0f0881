-- What each workspace and mode used of what is limited by time: a row for each kind and window.
CREATE TABLE rate_limits (
    kind VARCHAR(64) NOT NULL,
    window_start BIGINT NOT NULL,
    workspace_id VARCHAR(40) NOT NULL,
    mode VARCHAR(64) NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (kind, window_start, workspace_id, mode),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE INDEX rate_limits_by_workspace ON rate_limits (workspace_id, kind, window_start);
