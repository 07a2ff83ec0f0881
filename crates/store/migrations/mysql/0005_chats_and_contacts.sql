-- Chats, contacts and opt-outs: what messages make, and what people add to it.

-- The messages between one account and one address. Its first key is what each message finds it by.
CREATE TABLE chats (
    workspace_id VARCHAR(40) NOT NULL,
    mode VARCHAR(64) NOT NULL,
    account_id VARCHAR(40) NOT NULL,
    chat_id VARCHAR(128) NOT NULL,
    id VARCHAR(40) NOT NULL,
    status VARCHAR(64) NOT NULL,
    is_archived SMALLINT NOT NULL,
    assignee VARCHAR(100),
    unread_count INT NOT NULL,
    last_message_id VARCHAR(40) NOT NULL,
    last_message_direction VARCHAR(64) NOT NULL,
    last_message_type VARCHAR(64) NOT NULL,
    last_message_preview VARCHAR(255) NOT NULL,
    last_activity_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, mode, account_id, chat_id),
    FOREIGN KEY (account_id) REFERENCES whatsapp_accounts (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE UNIQUE INDEX chats_by_id ON chats (id);
CREATE INDEX chats_by_activity ON chats (workspace_id, mode, last_activity_at, id);

-- Cards of people. name_folded is what is searched: without case and accents.
CREATE TABLE contacts (
    workspace_id VARCHAR(40) NOT NULL,
    mode VARCHAR(64) NOT NULL,
    address VARCHAR(128) NOT NULL,
    id VARCHAR(40) NOT NULL,
    name VARCHAR(100),
    name_folded TEXT,
    labels TEXT NOT NULL,
    attributes MEDIUMTEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, mode, address),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE UNIQUE INDEX contacts_by_id ON contacts (id);
CREATE INDEX contacts_by_workspace ON contacts (workspace_id, mode, id);

-- People who want no more messages, whether they have a card or not. wrote_at is when they wrote since.
CREATE TABLE opt_outs (
    address VARCHAR(128) NOT NULL,
    workspace_id VARCHAR(40) NOT NULL,
    mode VARCHAR(64) NOT NULL,
    opted_out_at BIGINT NOT NULL,
    wrote_at BIGINT,
    PRIMARY KEY (address, workspace_id, mode),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
