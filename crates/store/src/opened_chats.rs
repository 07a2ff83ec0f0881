//! `opened_chats`: chats that accounts with a daily cap have opened, and when.

use crate::{
    Database, Result, Tx, dialect,
    sql::{marks, sql},
    value::IntoValue as _,
};
use std::collections::HashSet;
use wagate_model::{AccountId, ChatAddress, Timestamp, WorkspaceId};

/// How many chats the account opened since then.
pub async fn count_since(
    database: &Database,
    workspace_id: WorkspaceId,
    account_id: AccountId,
    since: Timestamp,
) -> Result<u32> {
    sql("SELECT COUNT(*) AS present FROM opened_chats WHERE account_id = ? AND opened_at >= ? AND workspace_id = ?")
        .bind(account_id)
        .bind(since)
        .bind(workspace_id)
        .one(database)
        .await?
        .count("present")
}

/// Which of these chats the account opened, whenever that was.
pub async fn among(
    database: &Database,
    workspace_id: WorkspaceId,
    account_id: AccountId,
    chats: &[ChatAddress],
) -> Result<HashSet<ChatAddress>> {
    if chats.is_empty() {
        return Ok(HashSet::new());
    }
    let text = format!(
        "SELECT chat_id FROM opened_chats WHERE account_id = ? AND chat_id IN ({}) AND workspace_id = ?",
        marks(chats.len())
    );
    let rows = sql(text).bind(account_id).bind_all(chats).bind(workspace_id).all(database).await?;
    rows.iter().map(|row| row.word("chat_id")).collect()
}

/// Notes chats that the account is about to open; those that are there stay as they are.
pub async fn insert_many(
    tx: &mut Tx,
    workspace_id: WorkspaceId,
    account_id: AccountId,
    chats: &[ChatAddress],
    now: Timestamp,
) -> Result<()> {
    let suffix = tx.dialect().keep_existing("account_id");
    let rows = chats
        .iter()
        .map(|chat| vec![account_id.into_value(), chat.into_value(), workspace_id.into_value(), now.into_value()]);
    dialect::insert_many(
        tx,
        "opened_chats",
        &["account_id", "chat_id", "workspace_id", "opened_at"],
        &suffix,
        rows.collect(),
    )
    .await
}
