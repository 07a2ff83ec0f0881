//! New messages and their changes.

use super::{
    counts::Counts,
    row::{self, COLUMNS, NewRow, StoredMessage},
};
use crate::{
    Result, Tx,
    dialect::{insert_many as insert_rows, update_many},
    sql::{marks, padded, sql},
};
use wagate_model::{AccountId, MessageId, Mode, WorkspaceId};

/// Inserts messages.
///
/// # Errors
///
/// `Duplicate` if one of them is there already: by its id, or by the network's id in the same
/// account and direction.
pub async fn insert_many<M: Into<NewRow>>(tx: &mut Tx, messages: impl IntoIterator<Item = M>) -> Result<()> {
    let mut counts = Counts::default();
    let rows = messages.into_iter().map(|message| {
        let NewRow { values, place, counted } = message.into();
        counts.comes(place, counted);
        values
    });
    insert_rows(tx, "message_logs", &row::INSERTED, "", rows.collect()).await?;
    counts.write(tx).await
}

/// Reads messages and keeps others from changing them until the commit.
pub async fn lock_many_any_workspace(tx: &mut Tx, ids: &[MessageId]) -> Result<Vec<StoredMessage>> {
    let mut stored = Vec::with_capacity(ids.len());
    let mut ids = ids.to_vec();
    // One order for everybody, so that two transactions do not wait for each other.
    ids.sort_unstable();
    ids.dedup();
    for some in ids.chunks(LOCKED_AT_ONCE) {
        let some = padded(some.iter().copied());
        let text = format!(
            "SELECT {COLUMNS} FROM message_logs WHERE id IN ({}) ORDER BY id {}",
            marks(some.len()),
            tx.dialect().for_update()
        );
        let rows = sql(text).bind_all(some).all(&mut *tx).await?;
        for row in &rows {
            stored.push(StoredMessage::read(row)?);
        }
    }
    tx.known.note(&stored);
    Ok(stored)
}

const LOCKED_AT_ONCE: usize = 256;

/// Writes what changes in messages' lives: status, reasons, attempts, times and history. The rows
/// must have been locked in the same transaction.
pub async fn save_many(tx: &mut Tx, messages: &[StoredMessage]) -> Result<()> {
    let counts = changed_counts(tx, messages).await?;
    update_many(tx, "message_logs", "id", &row::SAVED, messages.iter().map(row::saved).collect()).await?;
    counts.write(tx).await
}

/// What it means for the counts that these messages are written; to be written after them.
pub(super) async fn changed_counts(tx: &mut Tx, messages: &[StoredMessage]) -> Result<Counts> {
    let unlocked = tx.known.unlocked(messages);
    lock_many_any_workspace(tx, &unlocked).await?;
    Ok(tx.known.changes(messages))
}

/// Writes what messages say now, and when they were edited or taken back. The rows must have been
/// locked in the same transaction; the rest of what changed is [`save_many`]'s.
pub async fn rewrite_many(tx: &mut Tx, messages: &[StoredMessage]) -> Result<()> {
    update_many(tx, "message_logs", "id", &row::REWRITTEN, messages.iter().map(row::rewritten).collect()).await
}

/// Some of an account's messages that may be cancelled, oldest first, locked until the commit.
pub async fn cancellable_of_account(
    tx: &mut Tx,
    workspace_id: WorkspaceId,
    mode: Mode,
    account_id: AccountId,
    limit: u32,
) -> Result<Vec<StoredMessage>> {
    let text = format!(
        "SELECT {COLUMNS} FROM message_logs WHERE account_id = ? AND workspace_id = ? AND mode = ? \
         AND status IN ('scheduled', 'queued', 'sending') AND due_at IS NOT NULL ORDER BY id LIMIT ? {}",
        tx.dialect().for_update()
    );
    let statement = sql(text).bind(account_id).bind(workspace_id).bind(mode).bind(limit);
    let stored = statement.all(&mut *tx).await?.iter().map(StoredMessage::read).collect::<Result<Vec<_>>>()?;
    tx.known.note(&stored);
    Ok(stored)
}
