//! `webhook_deliveries`: events on their way to endpoints. Pending ones, and only they, have a
//! `due_at`.

use crate::{
    Page, PageOf, Result, Tx,
    dialect::{insert_many as insert_rows, update_many},
    row::Row,
    sql::{On, sql},
    value::{IntoValue as _, Value},
};
use wagate_model::{
    DeliveryId, EndpointId, EventId, EventType, Mode, Timestamp, WorkspaceId,
    webhook::{Delivery, DeliveryStatus},
};

/// How many tries a delivery has.
pub const TRIES: u32 = 8;

/// An event's way to one endpoint, made in the event's transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// Its id.
    pub id: DeliveryId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The half of the workspace.
    pub mode: Mode,
    /// Where it goes.
    pub endpoint_id: EndpointId,
    /// What it carries.
    pub event_id: EventId,
    /// The event's number, by which its body is found.
    pub event_sequence: i64,
    /// The event's type.
    pub event_type: EventType,
    /// `Pending`, then it is due at once; or `Skipped`, if the endpoint is disabled.
    pub status: DeliveryStatus,
    /// When it is made.
    pub created_at: Timestamp,
}

/// A delivery that is due, with what its try needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Its id.
    pub id: DeliveryId,
    /// What it carries.
    pub event_id: EventId,
    /// The event's type.
    pub event_type: EventType,
    /// The event's exact body.
    pub body: String,
    /// Tries so far.
    pub attempts: u32,
    /// Tries that remain, this one included unless it is asked for by hand.
    pub tries_left: u32,
    /// Whether somebody asked for this try.
    pub is_manual: bool,
    /// When it became due.
    pub due_at: Timestamp,
    /// `updated_at` of the endpoint, so that a changed endpoint is noticed.
    pub endpoint_version: Timestamp,
}

/// What a failed try leaves behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedTry {
    /// The delivery.
    pub id: DeliveryId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// Tries so far, this one included.
    pub attempts: u32,
    /// When the try was due, as read. If that has changed since, somebody skipped, cancelled or
    /// resent the delivery, and what they did stays.
    pub was_due_at: Timestamp,
    /// Tries that remain.
    pub tries_left: u32,
    /// When the next is due; `None` if there is none.
    pub due_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, endpoint_id, event_id, event_type, status, attempts, due_at, created_at, updated_at";

fn read(row: &Row) -> Result<Delivery> {
    Ok(Delivery {
        id: row.word("id")?,
        endpoint_id: row.word("endpoint_id")?,
        event_id: row.word("event_id")?,
        event_type: row.word("event_type")?,
        status: row.word("status")?,
        attempts: row.count("attempts")?,
        next_attempt_at: row.opt_time("due_at")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

fn new_row(new: &NewDelivery) -> Vec<Value> {
    let is_pending = new.status == DeliveryStatus::Pending;
    vec![
        new.id.into_value(),
        new.workspace_id.into_value(),
        new.mode.into_value(),
        new.endpoint_id.into_value(),
        new.event_id.into_value(),
        new.event_sequence.into_value(),
        new.event_type.into_value(),
        new.status.into_value(),
        0_u32.into_value(),
        TRIES.into_value(),
        false.into_value(),
        is_pending.then_some(new.created_at).into_value(),
        new.created_at.into_value(),
        new.created_at.into_value(),
    ]
}

/// Inserts deliveries in the transaction of their events.
pub async fn insert_many(tx: &mut Tx, deliveries: Vec<NewDelivery>) -> Result<()> {
    let columns = [
        "id",
        "workspace_id",
        "mode",
        "endpoint_id",
        "event_id",
        "event_sequence",
        "event_type",
        "status",
        "attempts",
        "tries_left",
        "is_manual",
        "due_at",
        "created_at",
        "updated_at",
    ];
    insert_rows(tx, "webhook_deliveries", &columns, "", deliveries.iter().map(new_row).collect()).await
}

/// One page of an endpoint's deliveries; of one status, if it is given.
pub async fn list(
    on: impl Into<On<'_>>,
    workspace_id: WorkspaceId,
    endpoint_id: EndpointId,
    status: Option<DeliveryStatus>,
    page: &Page,
) -> Result<PageOf<Delivery>> {
    let text = format!("SELECT {COLUMNS} FROM webhook_deliveries WHERE workspace_id = ? AND endpoint_id = ?");
    let mut statement = sql(text).bind(workspace_id).bind(endpoint_id);
    if let Some(status) = status {
        statement = statement.and("AND status = ?").bind(status);
    }
    let rows = page.cut(statement, "id").all(on).await?;
    Ok(page.of(rows.iter().map(read).collect::<Result<_>>()?))
}

/// One delivery.
pub async fn find(
    on: impl Into<On<'_>>,
    workspace_id: WorkspaceId,
    mode: Mode,
    id: DeliveryId,
) -> Result<Option<Delivery>> {
    let text = format!("SELECT {COLUMNS} FROM webhook_deliveries WHERE workspace_id = ? AND mode = ? AND id = ?");
    sql(text).bind(workspace_id).bind(mode).bind(id).optional(on).await?.as_ref().map(read).transpose()
}

/// The newest delivery of an endpoint that carries an event of a type.
pub async fn newest(
    on: impl Into<On<'_>>,
    workspace_id: WorkspaceId,
    endpoint_id: EndpointId,
    event_type: EventType,
) -> Result<Option<Delivery>> {
    let text = format!(
        "SELECT {COLUMNS} FROM webhook_deliveries WHERE workspace_id = ? AND endpoint_id = ? AND event_type = ? \
         ORDER BY id DESC LIMIT 1"
    );
    let statement = sql(text).bind(workspace_id).bind(endpoint_id).bind(event_type);
    statement.optional(on).await?.as_ref().map(read).transpose()
}

/// The endpoints that have something due, at most `limit`. Deleted ones are among them for an
/// hour, in case an event was just being recorded.
pub async fn due_endpoints_any_workspace(
    on: impl Into<On<'_>>,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(EndpointId, WorkspaceId)>> {
    // A scalar subquery: one look into the index for each endpoint, whatever the planner thinks.
    let text = "SELECT c.id, c.workspace_id FROM webhook_configs c \
                WHERE (c.deleted_at IS NULL OR c.deleted_at > ?) AND (SELECT d.id FROM webhook_deliveries d \
                WHERE d.endpoint_id = c.id AND d.due_at <= ? LIMIT 1) IS NOT NULL LIMIT ?";
    let an_hour_ago = now.minus(std::time::Duration::from_hours(1));
    let rows = sql(text).bind(an_hour_ago).bind(now).bind(limit).all(on).await?;
    rows.iter().map(|row| Ok((row.word("id")?, row.word("workspace_id")?))).collect()
}

/// An endpoint's due deliveries, the longest due first, at most `limit`; only those behind
/// `after` (due time and id of one that was read before), if it is given.
pub async fn due(
    on: impl Into<On<'_>>,
    workspace_id: WorkspaceId,
    endpoint_id: EndpointId,
    now: Timestamp,
    after: Option<(Timestamp, DeliveryId)>,
    limit: u32,
) -> Result<Vec<Due>> {
    let text = "SELECT d.id, d.event_id, d.event_type, e.body, d.attempts, d.tries_left, d.is_manual, d.due_at, \
                c.updated_at AS endpoint_version FROM webhook_deliveries d \
                JOIN webhook_configs c ON c.id = d.endpoint_id \
                JOIN events e ON e.workspace_id = d.workspace_id AND e.mode = d.mode AND e.sequence = d.event_sequence \
                WHERE d.endpoint_id = ? AND d.workspace_id = ? AND d.due_at <= ?";
    let mut statement = sql(text).bind(endpoint_id).bind(workspace_id).bind(now);
    if let Some((due_at, id)) = after {
        statement =
            statement.and("AND d.due_at >= ? AND (d.due_at > ? OR d.id > ?)").bind(due_at).bind(due_at).bind(id);
    }
    let rows = statement.and("ORDER BY d.due_at, d.id").limit(limit).all(on).await?;
    rows.iter().map(read_due).collect()
}

fn read_due(row: &Row) -> Result<Due> {
    Ok(Due {
        id: row.word("id")?,
        event_id: row.word("event_id")?,
        event_type: row.word("event_type")?,
        body: row.text("body")?,
        attempts: row.count("attempts")?,
        tries_left: row.count("tries_left")?,
        is_manual: row.flag("is_manual")?,
        due_at: row.time("due_at")?,
        endpoint_version: row.time("endpoint_version")?,
    })
}

/// Ends deliveries as delivered; each with its number of tries. What arrived has arrived, whatever
/// somebody did to the row meanwhile.
pub async fn record_delivered(tx: &mut Tx, delivered: &[(DeliveryId, u32)], at: Timestamp) -> Result<()> {
    let columns = ["status", "attempts", "tries_left", "is_manual", "due_at", "updated_at"];
    let row = |(id, attempts): &(DeliveryId, u32)| {
        vec![
            id.into_value(),
            DeliveryStatus::Delivered.into_value(),
            attempts.into_value(),
            0_u32.into_value(),
            false.into_value(),
            Value::Null,
            at.into_value(),
        ]
    };
    update_many(tx, "webhook_deliveries", "id", &columns, delivered.iter().map(row).collect()).await
}

/// Records a failed try: pending with a new time, or failed.
pub async fn record_failed(tx: &mut Tx, failed: &FailedTry, at: Timestamp) -> Result<()> {
    let status = if failed.due_at.is_some() { DeliveryStatus::Pending } else { DeliveryStatus::Failed };
    let text = "UPDATE webhook_deliveries SET status = ?, attempts = ?, tries_left = ?, is_manual = 0, due_at = ?, \
                updated_at = ? WHERE workspace_id = ? AND id = ? AND due_at = ?";
    let matched = sql(text)
        .bind(status)
        .bind(failed.attempts)
        .bind(failed.tries_left)
        .bind(failed.due_at)
        .bind(at)
        .bind(failed.workspace_id)
        .bind(failed.id)
        .bind(failed.was_due_at)
        .run(tx)
        .await?;
    if matched == 0 {
        let text = "UPDATE webhook_deliveries SET attempts = ? WHERE workspace_id = ? AND id = ? AND attempts < ?";
        sql(text).bind(failed.attempts).bind(failed.workspace_id).bind(failed.id).bind(failed.attempts).run(tx).await?;
    }
    Ok(())
}

/// Ends all pending deliveries of an endpoint, as skipped or cancelled. Answers how many.
pub async fn end_pending(
    tx: &mut Tx,
    workspace_id: WorkspaceId,
    endpoint_id: EndpointId,
    status: DeliveryStatus,
    at: Timestamp,
) -> Result<u64> {
    // By `due_at`, which only pending ones have and which has the index.
    let text = "UPDATE webhook_deliveries SET status = ?, due_at = NULL, is_manual = 0, updated_at = ? \
                WHERE workspace_id = ? AND endpoint_id = ? AND due_at IS NOT NULL";
    sql(text).bind(status).bind(at).bind(workspace_id).bind(endpoint_id).run(tx).await
}

/// Makes one try due now. An ended delivery gets no further ones; a pending one keeps its own.
pub async fn resend(tx: &mut Tx, workspace_id: WorkspaceId, id: DeliveryId, at: Timestamp) -> Result<()> {
    // `tries_left` is set before `status`: MySQL uses new values in what follows.
    let text = "UPDATE webhook_deliveries SET tries_left = CASE WHEN status = 'pending' THEN tries_left ELSE 0 END, \
                status = 'pending', is_manual = 1, due_at = ?, updated_at = ? WHERE workspace_id = ? AND id = ?";
    sql(text).bind(at).bind(at).bind(workspace_id).bind(id).run(tx).await?;
    Ok(())
}

/// What was failed or skipped since a time becomes pending again with all its tries, the oldest
/// first, at most `limit` deliveries. Answers how many.
pub async fn recover(tx: &mut Tx, recovery: &Recovery) -> Result<u64> {
    let which = "workspace_id = ? AND endpoint_id = ? AND status IN ('failed', 'skipped') AND created_at >= ?";
    let last = format!("SELECT id FROM webhook_deliveries WHERE {which} ORDER BY id LIMIT 1 OFFSET ?");
    let last = sql(last)
        .bind(recovery.workspace_id)
        .bind(recovery.endpoint_id)
        .bind(recovery.since)
        .bind(recovery.limit.saturating_sub(1))
        .optional(&mut *tx)
        .await?;
    let text = format!(
        "UPDATE webhook_deliveries SET status = 'pending', tries_left = ?, is_manual = 0, due_at = ?, updated_at = ? WHERE {which}"
    );
    let mut statement = sql(text)
        .bind(TRIES)
        .bind(recovery.at)
        .bind(recovery.at)
        .bind(recovery.workspace_id)
        .bind(recovery.endpoint_id)
        .bind(recovery.since);
    if let Some(row) = last {
        statement = statement.and("AND id <= ?").bind(row.text("id")?);
    }
    statement.run(tx).await
}

/// Which deliveries are recovered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// Whose.
    pub workspace_id: WorkspaceId,
    /// Of which endpoint.
    pub endpoint_id: EndpointId,
    /// Made at or after this time.
    pub since: Timestamp,
    /// Most of them; at least 1.
    pub limit: u32,
    /// The present time, at which they are due.
    pub at: Timestamp,
}
