-- Persons whose data is erased.

-- How far each erasure is. address is whose data, and gone once it is done.
CREATE TABLE erasures (
    id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    mode TEXT NOT NULL,
    address TEXT,
    step TEXT NOT NULL,
    after_key TEXT NOT NULL,
    last_sequence INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    events INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) STRICT;
CREATE INDEX erasures_by_address ON erasures (address);
