//! Events and their sequence (`events`, `event_sequences`).

use crate::{
    Database, PageOf, Result, Tx,
    dialect::insert_many as insert_rows,
    sql::{On, marks, sql},
    value::IntoValue,
};
use wagate_model::{AccountId, EventId, EventType, Mode, Timestamp, WorkspaceId, event::StoredEvent};

/// An event with its number, ready to be stored.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Its id.
    pub id: EventId,
    /// Its number.
    pub sequence: i64,
    /// What happened.
    pub event_type: EventType,
    /// The account it concerns.
    pub account_id: Option<AccountId>,
    /// The exact bytes that webhooks carry.
    pub body: String,
    /// When.
    pub created_at: Timestamp,
}

/// Takes the next `count` numbers and answers the first. The sequence's row stays locked until
/// the commit, so that numbers have no gaps and the order of commits: take them last.
pub async fn take_numbers(tx: &mut Tx, workspace_id: WorkspaceId, mode: Mode, count: i64) -> Result<i64> {
    let advanced = sql("UPDATE event_sequences SET last = last + ? WHERE workspace_id = ? AND mode = ?")
        .bind(count)
        .bind(workspace_id)
        .bind(mode)
        .run(tx)
        .await?;
    if advanced == 0 {
        // Whoever comes second adds to what the first one committed.
        let suffix = tx.dialect().add_to_existing("workspace_id, mode", "last");
        sql(format!("INSERT INTO event_sequences (workspace_id, mode, last) VALUES (?, ?, ?) {suffix}"))
            .bind(workspace_id)
            .bind(mode)
            .bind(count)
            .run(tx)
            .await?;
    }
    let last =
        sql("SELECT last FROM event_sequences WHERE workspace_id = ? AND mode = ?").bind(workspace_id).bind(mode);
    Ok(last.one(tx).await?.int("last")? - count + 1)
}

/// Stores events.
pub async fn insert_many(tx: &mut Tx, workspace_id: WorkspaceId, mode: Mode, events: &[NewEvent]) -> Result<()> {
    let columns = ["workspace_id", "mode", "sequence", "id", "event_type", "account_id", "body", "created_at"];
    let rows = events.iter().map(|event| {
        vec![
            workspace_id.into_value(),
            mode.into_value(),
            event.sequence.into_value(),
            event.id.into_value(),
            event.event_type.into_value(),
            event.account_id.into_value(),
            event.body.as_str().into_value(),
            event.created_at.into_value(),
        ]
    });
    insert_rows(tx, "events", &columns, "", rows.collect()).await
}

/// Which events are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Only those after this number; 0 is from the first one.
    pub after_sequence: i64,
    /// Only of these types; empty is all.
    pub types: Vec<EventType>,
    /// Only those of these accounts: those that the credential is bound to.
    pub bound_to: Option<Vec<AccountId>>,
}

/// Events in their order, and whether there are more.
pub async fn list(
    database: &Database,
    workspace_id: WorkspaceId,
    mode: Mode,
    filter: &EventFilter,
    limit: u32,
) -> Result<PageOf<StoredEvent>> {
    let mut statement =
        sql("SELECT id, sequence, event_type, account_id, body FROM events WHERE workspace_id = ? AND mode = ? AND sequence > ?")
            .bind(workspace_id)
            .bind(mode)
            .bind(filter.after_sequence);
    if !filter.types.is_empty() {
        let types = format!("AND event_type IN ({})", marks(filter.types.len()));
        statement = statement.and(&types).bind_all(filter.types.iter());
    }
    if let Some(bound) = &filter.bound_to {
        let accounts = format!("AND account_id IN ({})", marks(bound.len()));
        statement = statement.and(&accounts).bind_all(bound.iter());
    }
    let rows = statement.and("ORDER BY sequence LIMIT ?").bind(i64::from(limit) + 1).all(database).await?;
    let has_more = rows.len() > limit as usize;
    let events = rows.iter().take(limit as usize).map(|row| {
        Ok(StoredEvent {
            id: row.word("id")?,
            mode,
            sequence: row.int("sequence")?,
            event_type: row.word("event_type")?,
            account_id: row.opt_word("account_id")?,
            body: row.text("body")?,
        })
    });
    Ok(PageOf { data: events.collect::<Result<_>>()?, has_more })
}

/// The number of the first event that is still there, or of the next one if there is none: what
/// comes before it was erased by retention. It only grows.
pub async fn first_kept(on: impl Into<On<'_>>, workspace_id: WorkspaceId, mode: Mode) -> Result<i64> {
    let text = "SELECT COALESCE((SELECT MIN(sequence) FROM events WHERE workspace_id = ? AND mode = ?), \
                (SELECT last + 1 FROM event_sequences WHERE workspace_id = ? AND mode = ?), 1) AS first";
    let statement = sql(text).bind(workspace_id).bind(mode).bind(workspace_id).bind(mode);
    statement.one(on).await?.int("first")
}

/// The number of the last event; 0 before the first one.
pub async fn last_number(database: &Database, workspace_id: WorkspaceId, mode: Mode) -> Result<i64> {
    let last =
        sql("SELECT last FROM event_sequences WHERE workspace_id = ? AND mode = ?").bind(workspace_id).bind(mode);
    last.optional(database).await?.map_or(Ok(0), |row| row.int("last"))
}
