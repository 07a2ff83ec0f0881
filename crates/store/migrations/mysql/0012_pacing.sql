-- How fast an account sends, as JSON; NULL is its provider's own pace.
ALTER TABLE whatsapp_accounts ADD COLUMN pacing TEXT;

-- Chats that an account with a daily cap has opened.
CREATE TABLE opened_chats (
    account_id VARCHAR(40) NOT NULL,
    chat_id VARCHAR(128) NOT NULL,
    workspace_id VARCHAR(40) NOT NULL,
    opened_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, chat_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE INDEX opened_chats_by_time ON opened_chats (account_id, opened_at);
