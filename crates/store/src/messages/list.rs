//! The list of messages with its filters.

use super::row::{COLUMNS, StoredMessage};
use crate::{
    Database, Page, PageOf, Result,
    sql::{marks, sql},
};
use wagate_model::{
    AccountId, ChatAddress, Direction, Message, MessageId, Mode, Status, Timestamp, WorkspaceId, content::ContentKind,
};

/// Which messages are wanted; what is not set does not filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessageFilter {
    /// Only of this account.
    pub account_id: Option<AccountId>,
    /// Only of these accounts: those that the credential is bound to.
    pub bound_to: Option<Vec<AccountId>>,
    /// Only of this chat.
    pub chat_id: Option<ChatAddress>,
    /// Only in this direction.
    pub direction: Option<Direction>,
    /// Only with this status.
    pub status: Option<Status>,
    /// Only of this type.
    pub kind: Option<ContentKind>,
    /// Only created at or after.
    pub from: Option<Timestamp>,
    /// Only created before.
    pub to: Option<Timestamp>,
    /// Only with this reference.
    pub client_ref: Option<String>,
}

/// Lists messages, newest first.
pub async fn list(
    database: &Database,
    workspace_id: WorkspaceId,
    mode: Mode,
    filter: &MessageFilter,
    page: &Page,
) -> Result<PageOf<Message>> {
    let mut statement = sql(format!("SELECT {COLUMNS} FROM message_logs WHERE workspace_id = ? AND mode = ?"))
        .bind(workspace_id)
        .bind(mode);
    let equals = [
        ("account_id", filter.account_id.map(|id| id.to_string())),
        ("chat_id", filter.chat_id.as_ref().map(ToString::to_string)),
        ("direction", filter.direction.map(|word| word.to_string())),
        ("status", filter.status.map(|word| word.to_string())),
        ("content_type", filter.kind.map(|word| word.to_string())),
    ];
    for (column, value) in equals {
        if let Some(value) = value {
            statement = statement.and(&format!("AND {column} = ?")).bind(value);
        }
    }
    if let Some(reference) = &filter.client_ref {
        // The length too: MySQL does not see blanks at the end when it compares.
        statement = statement
            .and("AND client_ref = ? AND LENGTH(client_ref) = LENGTH(?)")
            .bind(reference.as_str())
            .bind(reference.as_str());
    }
    if let Some(bound) = &filter.bound_to {
        statement = statement.and(&format!("AND account_id IN ({})", marks(bound.len()))).bind_all(bound.iter());
    }
    if let Some(from) = filter.from {
        statement = statement.and("AND created_at >= ?").bind(from);
    }
    if let Some(to) = filter.to {
        statement = statement.and("AND created_at < ?").bind(to);
    }
    let rows = page.cut(statement, "id").all(database).await?;
    let messages = rows.iter().map(|row| Ok(StoredMessage::read(row)?.message)).collect::<Result<_>>()?;
    Ok(page.of(messages))
}

/// Whose unread messages are wanted.
#[derive(Debug, Clone, Copy)]
pub struct UnreadOf<'a> {
    /// The account.
    pub account_id: AccountId,
    /// The chat.
    pub chat_id: &'a ChatAddress,
    /// At most so many, the newest ones.
    pub limit: u32,
}

/// Incoming messages of a chat of which the network was not told that they were read, newest first:
/// their ids, and the network's own.
pub async fn not_marked_read(
    database: &Database,
    workspace_id: WorkspaceId,
    mode: Mode,
    of: UnreadOf<'_>,
) -> Result<Vec<(MessageId, String)>> {
    let text = "SELECT id, provider_message_id FROM message_logs WHERE workspace_id = ? AND mode = ? AND chat_id = ? \
                AND account_id = ? AND direction = 'incoming' AND marked_read_at IS NULL \
                AND provider_message_id IS NOT NULL ORDER BY id DESC";
    let statement = sql(text).bind(workspace_id).bind(mode).bind(of.chat_id).bind(of.account_id).limit(of.limit);
    let rows = statement.all(database).await?;
    rows.iter().map(|row| Ok((row.word("id")?, row.text("provider_message_id")?))).collect()
}
