-- Chats, contacts and opt-outs: what messages make, and what people add to it.

-- The messages between one account and one address. Its first key is what each message finds it by.
CREATE TABLE chats (
    workspace_id TEXT NOT NULL,
    mode TEXT NOT NULL,
    account_id TEXT NOT NULL,
    chat_id TEXT NOT NULL,
    id TEXT NOT NULL,
    status TEXT NOT NULL,
    is_archived INTEGER NOT NULL,
    assignee TEXT,
    unread_count INTEGER NOT NULL,
    last_message_id TEXT NOT NULL,
    last_message_direction TEXT NOT NULL,
    last_message_type TEXT NOT NULL,
    last_message_preview TEXT NOT NULL,
    last_activity_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, mode, account_id, chat_id),
    FOREIGN KEY (account_id) REFERENCES whatsapp_accounts (id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX chats_by_id ON chats (id);
CREATE INDEX chats_by_activity ON chats (workspace_id, mode, last_activity_at, id);

-- Cards of people. name_folded is what is searched: without case and accents.
CREATE TABLE contacts (
    workspace_id TEXT NOT NULL,
    mode TEXT NOT NULL,
    address TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT,
    name_folded TEXT,
    labels TEXT NOT NULL,
    attributes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, mode, address),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX contacts_by_id ON contacts (id);
CREATE INDEX contacts_by_workspace ON contacts (workspace_id, mode, id);

-- People who want no more messages, whether they have a card or not. wrote_at is when they wrote since.
CREATE TABLE opt_outs (
    address TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    mode TEXT NOT NULL,
    opted_out_at INTEGER NOT NULL,
    wrote_at INTEGER,
    PRIMARY KEY (address, workspace_id, mode),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) STRICT, WITHOUT ROWID;
