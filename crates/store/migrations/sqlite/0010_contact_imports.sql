-- Files of contacts on their way in.

-- One file. It is running once all of it is here, and done once each of its chunks has results.
CREATE TABLE contact_imports (
    id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    mode TEXT NOT NULL,
    state TEXT NOT NULL,
    columns_in TEXT NOT NULL,
    line_count INTEGER NOT NULL,
    created_count INTEGER NOT NULL,
    updated_count INTEGER NOT NULL,
    unchanged_count INTEGER NOT NULL,
    failed_count INTEGER NOT NULL,
    finished_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_imports_by_state ON contact_imports (state, updated_at);

-- Some hundred lines of a file: their cells until they are taken, what became of them since.
CREATE TABLE contact_import_chunks (
    import_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    workspace_id TEXT NOT NULL,
    last_line INTEGER NOT NULL,
    failed_count INTEGER NOT NULL,
    cells TEXT,
    results TEXT,
    PRIMARY KEY (import_id, number),
    FOREIGN KEY (import_id) REFERENCES contact_imports (id)
) STRICT, WITHOUT ROWID;
