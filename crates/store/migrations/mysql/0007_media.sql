-- Files that go with messages.

-- The bytes, once for each workspace: where they lie in the object store.
CREATE TABLE media_objects (
    workspace_id VARCHAR(40) NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    location VARCHAR(128) NOT NULL,
    size BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, sha256),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE UNIQUE INDEX media_objects_by_location ON media_objects (location);

-- Files by their ids. source is what a pending one is fetched by; due_at when, NULL where a lane does it.
CREATE TABLE media (
    id VARCHAR(40) NOT NULL,
    workspace_id VARCHAR(40) NOT NULL,
    mode VARCHAR(8) NOT NULL,
    account_id VARCHAR(40),
    message_id VARCHAR(40),
    state VARCHAR(16) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    sha256 VARCHAR(64),
    mime_type VARCHAR(255),
    size BIGINT,
    filename VARCHAR(255),
    source MEDIUMTEXT,
    reason VARCHAR(64),
    reason_detail MEDIUMTEXT,
    attempts BIGINT NOT NULL,
    due_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE INDEX media_by_workspace ON media (workspace_id, created_at, id);
CREATE INDEX media_by_object ON media (workspace_id, sha256);
CREATE INDEX media_by_due ON media (due_at, id);

-- Which messages use which files.
CREATE TABLE message_media (
    message_id VARCHAR(40) NOT NULL,
    media_id VARCHAR(40) NOT NULL,
    workspace_id VARCHAR(40) NOT NULL,
    PRIMARY KEY (message_id, media_id),
    FOREIGN KEY (message_id) REFERENCES message_logs (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE INDEX message_media_by_media ON message_media (media_id, message_id);

-- What a message shows of its file.
ALTER TABLE message_logs ADD COLUMN media MEDIUMTEXT;
