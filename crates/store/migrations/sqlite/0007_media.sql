-- Files that go with messages.

-- The bytes, once for each workspace: where they lie in the object store.
CREATE TABLE media_objects (
    workspace_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    location TEXT NOT NULL,
    size INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, sha256),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) STRICT;
CREATE UNIQUE INDEX media_objects_by_location ON media_objects (location);

-- Files by their ids. source is what a pending one is fetched by; due_at when, NULL where a lane does it.
CREATE TABLE media (
    id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    mode TEXT NOT NULL,
    account_id TEXT,
    message_id TEXT,
    state TEXT NOT NULL,
    kind TEXT NOT NULL,
    sha256 TEXT,
    mime_type TEXT,
    size INTEGER,
    filename TEXT,
    source TEXT,
    reason TEXT,
    reason_detail TEXT,
    attempts INTEGER NOT NULL,
    due_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) STRICT;
CREATE INDEX media_by_workspace ON media (workspace_id, created_at, id);
CREATE INDEX media_by_object ON media (workspace_id, sha256);
CREATE INDEX media_by_due ON media (due_at, id);

-- Which messages use which files.
CREATE TABLE message_media (
    message_id TEXT NOT NULL,
    media_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    PRIMARY KEY (message_id, media_id),
    FOREIGN KEY (message_id) REFERENCES message_logs (id)
) STRICT;
CREATE INDEX message_media_by_media ON message_media (media_id, message_id);

-- What a message shows of its file.
ALTER TABLE message_logs ADD COLUMN media TEXT;
