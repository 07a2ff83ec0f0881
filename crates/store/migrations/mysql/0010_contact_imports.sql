-- Files of contacts on their way in.

-- One file. It is running once all of it is here, and done once each of its chunks has results.
CREATE TABLE contact_imports (
    id VARCHAR(40) NOT NULL,
    workspace_id VARCHAR(40) NOT NULL,
    mode VARCHAR(64) NOT NULL,
    state VARCHAR(64) NOT NULL,
    columns_in TEXT NOT NULL,
    line_count BIGINT NOT NULL,
    created_count BIGINT NOT NULL,
    updated_count BIGINT NOT NULL,
    unchanged_count BIGINT NOT NULL,
    failed_count BIGINT NOT NULL,
    finished_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE INDEX contact_imports_by_state ON contact_imports (state, updated_at);

-- Some hundred lines of a file: their cells until they are taken, what became of them since.
CREATE TABLE contact_import_chunks (
    import_id VARCHAR(40) NOT NULL,
    number INT NOT NULL,
    workspace_id VARCHAR(40) NOT NULL,
    last_line BIGINT NOT NULL,
    failed_count INT NOT NULL,
    cells MEDIUMTEXT,
    results MEDIUMTEXT,
    PRIMARY KEY (import_id, number),
    FOREIGN KEY (import_id) REFERENCES contact_imports (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
