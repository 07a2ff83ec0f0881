//! `chats`: what the messages between one account and one address come to.

mod list;
mod touch;

pub use list::{ChatFilter, ChatPage, ChatPlace, list};
pub use touch::{ChatTouch, answered, heard};

use crate::{
    Result, Tx,
    row::Row,
    sql::{On, sql},
    value::IntoValue as _,
};
use wagate_model::{Chat, ChatId, ChatStatus, Mode, Timestamp, WorkspaceId, chat::LastMessage};

/// Chats with the names of their contacts, up to the conditions.
const SELECT: &str = "SELECT c.id, c.workspace_id, c.mode, c.account_id, c.chat_id, k.name, c.status, c.is_archived, \
    c.assignee, c.unread_count, c.last_message_id, c.last_message_direction, c.last_message_type, \
    c.last_message_preview, c.last_activity_at, c.created_at, c.updated_at FROM chats c \
    LEFT JOIN contacts k ON k.workspace_id = c.workspace_id AND k.mode = c.mode AND k.address = c.chat_id \
    WHERE c.workspace_id = ? AND c.mode = ?";

/// What somebody changes of a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatChange {
    /// Work begins again or ends.
    Status(ChatStatus),
    /// It is put out of sight, or comes back.
    Archived(bool),
    /// Somebody works on it, or nobody.
    Assignee(Option<String>),
    /// All that came in is read.
    Read,
}

/// One chat of a workspace and mode.
pub async fn find(on: impl Into<On<'_>>, workspace_id: WorkspaceId, mode: Mode, id: ChatId) -> Result<Option<Chat>> {
    let statement = sql(SELECT).bind(workspace_id).bind(mode).and("AND c.id = ?").bind(id);
    statement.optional(on).await?.as_ref().map(read).transpose()
}

/// One chat, kept from being changed by others until the commit.
pub async fn lock(tx: &mut Tx, workspace_id: WorkspaceId, mode: Mode, id: ChatId) -> Result<Option<Chat>> {
    sql(format!("SELECT id FROM chats WHERE id = ? AND workspace_id = ? AND mode = ? {}", tx.dialect().for_update()))
        .bind(id)
        .bind(workspace_id)
        .bind(mode)
        .optional(&mut *tx)
        .await?;
    find(tx, workspace_id, mode, id).await
}

/// Changes a chat. Its row stays locked until the commit.
pub async fn change(
    tx: &mut Tx,
    (workspace_id, mode, id): (WorkspaceId, Mode, ChatId),
    change: &ChatChange,
    now: Timestamp,
) -> Result<()> {
    let (column, value) = match change {
        ChatChange::Status(status) => ("status", status.into_value()),
        ChatChange::Archived(is_archived) => ("is_archived", is_archived.into_value()),
        ChatChange::Assignee(assignee) => ("assignee", assignee.clone().into_value()),
        ChatChange::Read => ("unread_count", 0_i64.into_value()),
    };
    sql(format!("UPDATE chats SET {column} = ?, updated_at = ? WHERE id = ? AND workspace_id = ? AND mode = ?"))
        .bind(value)
        .bind(now)
        .bind(id)
        .bind(workspace_id)
        .bind(mode)
        .run(tx)
        .await
        .map(drop)
}

fn read(row: &Row) -> Result<Chat> {
    Ok(Chat {
        id: row.word("id")?,
        workspace_id: row.word("workspace_id")?,
        mode: row.word("mode")?,
        account_id: row.word("account_id")?,
        chat_id: row.word("chat_id")?,
        name: row.opt_text("name")?,
        status: row.word("status")?,
        is_archived: row.flag("is_archived")?,
        assignee: row.opt_text("assignee")?,
        unread_count: row.count("unread_count")?,
        last_message: LastMessage {
            id: row.word("last_message_id")?,
            direction: row.word("last_message_direction")?,
            kind: row.word("last_message_type")?,
            preview: row.text("last_message_preview")?,
        },
        last_activity_at: row.time("last_activity_at")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
