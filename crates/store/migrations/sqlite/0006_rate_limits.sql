-- What each workspace and mode used of what is limited by time: a row for each kind and window.
CREATE TABLE rate_limits (
    kind TEXT NOT NULL,
    window_start INTEGER NOT NULL,
    workspace_id TEXT NOT NULL,
    mode TEXT NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (kind, window_start, workspace_id, mode),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) STRICT;
CREATE INDEX rate_limits_by_workspace ON rate_limits (workspace_id, kind, window_start);
