-- How fast an account sends, as JSON; NULL is its provider's own pace.
ALTER TABLE whatsapp_accounts ADD COLUMN pacing TEXT;

-- Chats that an account with a daily cap has opened.
CREATE TABLE opened_chats (
    account_id TEXT NOT NULL,
    chat_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, chat_id)
) STRICT;
CREATE INDEX opened_chats_by_time ON opened_chats (account_id, opened_at);
