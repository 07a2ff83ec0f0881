//! Messages in both directions (`message_logs`).

mod counts;
mod lane;
mod list;
mod row;
mod times;
mod write;

pub(crate) use counts::{HOUR_MS, Known};
pub use lane::{Due, DueFilter, due, in_flight, known_chats, next_due, pending_any_workspace, release_held};
pub use list::{MessageFilter, UnreadOf, list, not_marked_read};
pub use row::{NewRow, StoredMessage};
pub use times::{expired_any_workspace, save_times};
pub use write::{cancellable_of_account, insert_many, lock_many_any_workspace, rewrite_many, save_many};

use crate::{
    Database, Result,
    sql::{On, marks, padded, sql},
};
use wagate_model::{AccountId, Direction, MessageId, Mode, WorkspaceId};

/// One message of a workspace and mode.
pub async fn find(
    on: impl Into<On<'_>>,
    workspace_id: WorkspaceId,
    mode: Mode,
    id: MessageId,
) -> Result<Option<StoredMessage>> {
    sql(format!("SELECT {} FROM message_logs WHERE id = ? AND workspace_id = ? AND mode = ?", row::COLUMNS))
        .bind(id)
        .bind(workspace_id)
        .bind(mode)
        .optional(on)
        .await?
        .map(|row| StoredMessage::read(&row))
        .transpose()
}

/// Messages of a workspace and mode, in no order; those that are not there are left out.
pub async fn find_many(
    database: &Database,
    workspace_id: WorkspaceId,
    mode: Mode,
    ids: &[MessageId],
) -> Result<Vec<StoredMessage>> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(FOUND_AT_ONCE) {
        let some = padded(some.iter().copied());
        let text = format!(
            "SELECT {} FROM message_logs WHERE id IN ({}) AND workspace_id = ? AND mode = ?",
            row::COLUMNS,
            marks(some.len())
        );
        for row in &sql(text).bind_all(some).bind(workspace_id).bind(mode).all(database).await? {
            found.push(StoredMessage::read(row)?);
        }
    }
    Ok(found)
}

const FOUND_AT_ONCE: usize = 256;

/// Which messages of an account carry these network ids, in no order.
pub async fn by_provider_ids_any_workspace(
    on: impl Into<On<'_>>,
    account_id: AccountId,
    direction: Direction,
    provider_message_ids: &[String],
) -> Result<Vec<(String, MessageId)>> {
    let ids = padded(provider_message_ids.iter().map(String::as_str));
    let text = format!(
        "SELECT id, provider_message_id FROM message_logs WHERE account_id = ? AND direction = ? AND provider_message_id IN ({})",
        marks(ids.len())
    );
    let rows = sql(text).bind(account_id).bind(direction).bind_all(ids).all(on).await?;
    rows.iter().map(|row| Ok((row.text("provider_message_id")?, row.word("id")?))).collect()
}
