//! What a lane asks: what is due, what is in flight, which chats are known.

use super::row::{COLUMNS, StoredMessage};
use crate::{
    Database, Result, Tx,
    sql::{marks, sql},
};
use std::collections::HashSet;
use wagate_model::{AccountId, ChatAddress, MessageId, Mode, Status, Timestamp, WorkspaceId};

/// What may be due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Messages that are tried again: `sending`.
    Again,
    /// Messages that were not tried yet: `queued`, and `scheduled` whose time has come.
    New,
}

/// Which of an account's messages are wanted.
#[derive(Debug, Clone, Copy)]
pub struct DueFilter<'a> {
    /// Which kind of them.
    pub what: Due,
    /// Only those due at this time.
    pub now: Timestamp,
    /// None of these chats.
    pub except: &'a [ChatAddress],
    /// None of the chats of which something has waited for another attempt since then or later.
    pub not_waiting_since: Option<Timestamp>,
    /// At most so many.
    pub limit: u32,
}

/// An account's due messages, in order, and whether there may be more.
pub async fn due(
    database: &Database,
    workspace_id: WorkspaceId,
    account_id: AccountId,
    filter: DueFilter<'_>,
) -> Result<(Vec<StoredMessage>, bool)> {
    let is_full = |found: &[StoredMessage]| found.len() >= filter.limit as usize;
    match filter.what {
        Due::Again => {
            let again = due_of(database, workspace_id, account_id, Status::Sending, filter).await?;
            let has_more = is_full(&again);
            Ok((again, has_more))
        }
        Due::New => {
            let queued = due_of(database, workspace_id, account_id, Status::Queued, filter).await?;
            let scheduled = due_of(database, workspace_id, account_id, Status::Scheduled, filter).await?;
            let has_more = is_full(&queued) || is_full(&scheduled);
            // Beyond the end of a list that was cut, the other one may not go on alone.
            let ends =
                [&queued, &scheduled].into_iter().filter(|found| is_full(found)).filter_map(|found| found.last());
            let end = ends.map(place).min();
            let mut both: Vec<_> = queued.into_iter().chain(scheduled).collect();
            both.sort_by_key(place);
            both.retain(|stored| end.is_none_or(|end| place(stored) <= end));
            Ok((both, has_more))
        }
    }
}

/// A message's place in its lane.
fn place(stored: &StoredMessage) -> (Option<Timestamp>, MessageId) {
    (stored.due_at, stored.message.id)
}

async fn due_of(
    database: &Database,
    workspace_id: WorkspaceId,
    account_id: AccountId,
    status: Status,
    filter: DueFilter<'_>,
) -> Result<Vec<StoredMessage>> {
    let DueFilter { now, except, not_waiting_since, limit, .. } = filter;
    let size = EXCEPT_SIZES.into_iter().find(|size| *size >= except.len()).unwrap_or(except.len());
    let mut statement = sql(format!(
        "SELECT {COLUMNS} FROM message_logs WHERE account_id = ? AND status = ? AND due_at <= ? AND workspace_id = ?"
    ))
    .bind(account_id)
    .bind(status)
    .bind(now)
    .bind(workspace_id);
    if size > 0 {
        let padding = except.last().into_iter().cycle().take(size - except.len());
        statement =
            statement.and(&format!("AND chat_id NOT IN ({})", marks(size))).bind_all(except.iter().chain(padding));
    }
    if let Some(since) = not_waiting_since {
        let waiting = "AND chat_id NOT IN (SELECT chat_id FROM message_logs WHERE account_id = ? AND status = 'sending' \
                       AND due_at IS NOT NULL AND waiting_since > ?)";
        statement = statement.and(waiting).bind(account_id).bind(since);
    }
    let rows = statement.and("ORDER BY due_at, id").limit(limit).all(database).await?;
    rows.iter().map(StoredMessage::read).collect()
}

/// How many chats a statement leaves out: a few fixed counts, so that statements stay prepared.
const EXCEPT_SIZES: [usize; 4] = [0, 16, 128, 1024];

/// An account's messages whose attempt was started and has no outcome yet: after a crash or a
/// takeover these are the unknown ones.
pub async fn in_flight(
    database: &Database,
    workspace_id: WorkspaceId,
    account_id: AccountId,
) -> Result<Vec<StoredMessage>> {
    let text = format!(
        "SELECT {COLUMNS} FROM message_logs WHERE account_id = ? AND workspace_id = ? AND status = 'sending' AND due_at IS NULL ORDER BY id"
    );
    let rows = sql(text).bind(account_id).bind(workspace_id).all(database).await?;
    rows.iter().map(StoredMessage::read).collect()
}

/// Lets messages that were held go again, in their old order: all of an account, or of one chat.
pub async fn release_held(
    tx: &mut Tx,
    workspace_id: WorkspaceId,
    account_id: AccountId,
    chat: Option<&ChatAddress>,
    now: Timestamp,
) -> Result<u64> {
    let mut statement = sql("UPDATE message_logs SET due_at = COALESCE(send_at, created_at), hold_reason = NULL, updated_at = ? \
         WHERE account_id = ? AND workspace_id = ? AND status IN ('queued', 'sending') AND due_at > ? AND hold_reason IS NOT NULL")
        .bind(now)
        .bind(account_id)
        .bind(workspace_id)
        .bind(now);
    if let Some(chat) = chat {
        statement = statement.and("AND chat_id = ?").bind(chat);
    }
    statement.run(tx).await
}

/// When the first of an account's waiting messages is due, if any waits.
pub async fn next_due(
    database: &Database,
    workspace_id: WorkspaceId,
    account_id: AccountId,
) -> Result<Option<Timestamp>> {
    let one = |status| {
        format!(
            "SELECT MIN(due_at) AS due FROM message_logs WHERE account_id = ? AND status = '{status}' AND due_at IS NOT NULL AND workspace_id = ?"
        )
    };
    let mut earliest = None;
    for status in [Status::Queued, Status::Sending, Status::Scheduled] {
        let due = sql(one(status)).bind(account_id).bind(workspace_id).one(database).await?.opt_time("due")?;
        earliest = [earliest, due].into_iter().flatten().min();
    }
    Ok(earliest)
}

/// Those of the accounts that `owner` holds which have anything due by `until`.
pub async fn pending_any_workspace(database: &Database, owner: &str, until: Timestamp) -> Result<Vec<AccountId>> {
    // Not EXISTS: MariaDB would answer that from a list of all accounts that have any, for which it
    // reads the whole index.
    let has = |status| {
        format!(
            "(SELECT 1 FROM message_logs m WHERE m.account_id = l.account_id AND m.status = '{status}' \
             AND m.due_at <= ? LIMIT 1) IS NOT NULL"
        )
    };
    let text = format!(
        "SELECT l.account_id FROM account_leases l WHERE l.owner = ? AND ({} OR {} OR {})",
        has(Status::Queued),
        has(Status::Sending),
        has(Status::Scheduled)
    );
    sql(text).bind(owner).bind_all([until; 3]).all(database).await?.iter().map(|row| row.word("account_id")).collect()
}

/// Those of `chats` in which the account has received something, or sent something successfully.
pub async fn known_chats(
    database: &Database,
    workspace_id: WorkspaceId,
    mode: Mode,
    account_id: AccountId,
    chats: &[ChatAddress],
) -> Result<HashSet<ChatAddress>> {
    if chats.is_empty() {
        return Ok(HashSet::new());
    }
    let text = format!(
        "SELECT DISTINCT chat_id FROM message_logs WHERE workspace_id = ? AND mode = ? AND chat_id IN ({}) \
         AND account_id = ? AND status IN ('sent', 'delivered', 'read', 'received')",
        marks(chats.len())
    );
    let rows = sql(text).bind(workspace_id).bind(mode).bind_all(chats).bind(account_id).all(database).await?;
    rows.iter().map(|row| row.word("chat_id")).collect()
}
