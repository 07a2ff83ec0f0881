-- Persons whose data is erased.

-- How far each erasure is. address is whose data, and gone once it is done.
CREATE TABLE erasures (
    id VARCHAR(40) NOT NULL,
    workspace_id VARCHAR(40) NOT NULL,
    mode VARCHAR(64) NOT NULL,
    address VARCHAR(128),
    step VARCHAR(64) NOT NULL,
    after_key VARCHAR(64) NOT NULL,
    last_sequence BIGINT NOT NULL,
    messages BIGINT NOT NULL,
    events BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE INDEX erasures_by_address ON erasures (address);
