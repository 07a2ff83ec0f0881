//! What is old enough is deleted: children first, a batch at a time.
//!
//! Each function deletes at most `limit` rows of its kind and answers how far it looked, so that a
//! caller who pauses in between goes on from there. What has not ended is never deleted.

use crate::{
    Database, Result, Tx, in_transaction,
    row::Row,
    sql::{marks, padded, sql},
};
use wagate_model::{DeliveryId, EndpointId, MediaId, MessageId, Mode, Status, Timestamp, WorkspaceId, id::Ulid};

/// What one batch did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch<Id> {
    /// How many were deleted, without their children.
    pub deleted: u64,
    /// The last one that was looked at; `None` if there is nothing further to look at.
    pub looked_to: Option<Id>,
}

/// How old messages must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageAge {
    /// Made and last changed before this.
    pub before: Timestamp,
    /// Incoming ones made before this: their network's id must be known for longer, so that what
    /// the network says again is not taken for new.
    pub incoming_before: Timestamp,
}

/// The least id that is made at or after a time.
fn first_at<Id: From<Ulid>>(at: Timestamp) -> Id {
    Id::from(Ulid::from_parts(u64::try_from(at.0).unwrap_or(0), 0))
}

fn ids<Id: std::str::FromStr<Err: std::fmt::Display>>(rows: &[Row]) -> Result<Vec<Id>> {
    rows.iter().map(|row| row.word("id")).collect()
}

/// Deletes messages that ended, with their attempts.
pub async fn delete_messages(
    database: &Database,
    workspace_id: WorkspaceId,
    mode: Mode,
    age: MessageAge,
    after: Option<MessageId>,
    limit: u32,
) -> Result<Batch<MessageId>> {
    let text = "SELECT id FROM message_logs WHERE workspace_id = ? AND mode = ? AND id > ? AND id < ? ORDER BY id";
    let rows = sql(text)
        .bind(workspace_id)
        .bind(mode)
        .bind(after.unwrap_or_else(|| first_at(Timestamp(0))))
        .bind(first_at::<MessageId>(age.before))
        .limit(limit)
        .all(database)
        .await?;
    let looked_at: Vec<MessageId> = ids(&rows)?;
    let Some(last) = looked_at.last().copied() else { return Ok(Batch { deleted: 0, looked_to: None }) };
    let deleted = in_transaction!(database, |tx| {
        let ended = lock_ended_messages(tx, workspace_id, age, &looked_at).await?;
        delete_by(tx, "message_attempts", "message_id", &ended).await?;
        delete_by(tx, "message_media", "message_id", &ended).await?;
        delete_by(tx, "message_logs", "id", &ended).await
    })?;
    Ok(Batch { deleted, looked_to: (looked_at.len() == limit as usize).then_some(last) })
}

async fn lock_ended_messages(
    tx: &mut Tx,
    workspace_id: WorkspaceId,
    age: MessageAge,
    looked_at: &[MessageId],
) -> Result<Vec<MessageId>> {
    let settled: Vec<Status> = Status::ALL.iter().copied().filter(|status| status.is_settled()).collect();
    let some = padded(looked_at.iter().copied());
    let text = format!(
        "SELECT id FROM message_logs WHERE id IN ({}) AND workspace_id = ? AND status IN ({}) AND due_at IS NULL \
         AND updated_at < ? AND (direction = 'outgoing' OR id < ?) ORDER BY id {}",
        marks(some.len()),
        marks(settled.len()),
        tx.dialect().for_update()
    );
    let statement = sql(text).bind_all(some).bind(workspace_id).bind_all(settled).bind(age.before);
    ids(&statement.bind(first_at::<MessageId>(age.incoming_before)).all(tx).await?)
}

/// The next files of a workspace that were made before a time, the oldest first, behind one that was
/// looked at.
pub async fn old_media(
    database: &Database,
    workspace_id: WorkspaceId,
    before: Timestamp,
    after: (Timestamp, Option<MediaId>),
    limit: u32,
) -> Result<Vec<(Timestamp, MediaId)>> {
    let text = "SELECT created_at, id FROM media WHERE workspace_id = ? AND created_at >= ? AND created_at < ? \
                AND (created_at > ? OR id > ?) ORDER BY created_at, id";
    let (since, id) = after;
    let statement = sql(text).bind(workspace_id).bind(since).bind(before).bind(since);
    let rows = statement.bind(id.unwrap_or_else(|| first_at(Timestamp(0)))).limit(limit).all(database).await?;
    rows.iter().map(|row| Ok((row.time("created_at")?, row.word("id")?))).collect()
}

/// All endpoints of a workspace, deleted ones too, whose deliveries are still there.
pub async fn endpoints(database: &Database, workspace_id: WorkspaceId) -> Result<Vec<EndpointId>> {
    let rows = sql("SELECT id FROM webhook_configs WHERE workspace_id = ? ORDER BY id").bind(workspace_id);
    ids(&rows.all(database).await?)
}

/// Deletes an endpoint's deliveries that ended and were last changed before a time, with their
/// attempts.
pub async fn delete_deliveries(
    database: &Database,
    workspace_id: WorkspaceId,
    endpoint_id: EndpointId,
    before: Timestamp,
    after: Option<DeliveryId>,
    limit: u32,
) -> Result<Batch<DeliveryId>> {
    let rows = sql("SELECT id FROM webhook_deliveries WHERE endpoint_id = ? AND id > ? AND id < ? ORDER BY id")
        .bind(endpoint_id)
        .bind(after.unwrap_or_else(|| first_at(Timestamp(0))))
        .bind(first_at::<DeliveryId>(before))
        .limit(limit)
        .all(database)
        .await?;
    let looked_at: Vec<DeliveryId> = ids(&rows)?;
    let Some(last) = looked_at.last().copied() else { return Ok(Batch { deleted: 0, looked_to: None }) };
    let deleted = in_transaction!(database, |tx| {
        let some = padded(looked_at.iter().copied());
        let text = format!(
            "SELECT id FROM webhook_deliveries WHERE id IN ({}) AND workspace_id = ? AND due_at IS NULL \
             AND updated_at < ? ORDER BY id {}",
            marks(some.len()),
            tx.dialect().for_update()
        );
        let ended: Vec<DeliveryId> =
            ids(&sql(text).bind_all(some).bind(workspace_id).bind(before).all(&mut *tx).await?)?;
        delete_by(tx, "webhook_attempts", "delivery_id", &ended).await?;
        delete_by(tx, "webhook_deliveries", "id", &ended).await
    })?;
    Ok(Batch { deleted, looked_to: (looked_at.len() == limit as usize).then_some(last) })
}

/// Deletes the first events, up to one that is not old enough or that a delivery still carries: what
/// remains has no gaps. Answers how many; fewer than `limit` say that there is no more to delete.
pub async fn delete_events(
    database: &Database,
    workspace_id: WorkspaceId,
    mode: Mode,
    before: Timestamp,
    limit: u32,
) -> Result<u64> {
    in_transaction!(database, |tx| {
        // A scalar subquery: one look into the index for each event. Nobody adds deliveries to an
        // event that is committed.
        let text = "SELECT e.sequence, e.created_at, (SELECT d.id FROM webhook_deliveries d \
                    WHERE d.workspace_id = e.workspace_id AND d.mode = e.mode AND d.event_sequence = e.sequence LIMIT 1) \
                    AS delivery FROM events e WHERE e.workspace_id = ? AND e.mode = ? ORDER BY e.sequence";
        let rows = sql(text).bind(workspace_id).bind(mode).limit(limit).all(&mut *tx).await?;
        let mut last = None;
        for row in &rows {
            if row.time("created_at")? >= before || row.opt_text("delivery")?.is_some() {
                break;
            }
            last = Some(row.int("sequence")?);
        }
        let Some(last) = last else { return Ok(0) };
        sql("DELETE FROM events WHERE workspace_id = ? AND mode = ? AND sequence <= ?")
            .bind(workspace_id)
            .bind(mode)
            .bind(last)
            .run(tx)
            .await
    })
}

async fn delete_by<Id: crate::value::IntoValue + Copy>(
    tx: &mut Tx,
    table: &str,
    column: &str,
    ids: &[Id],
) -> Result<u64> {
    if ids.is_empty() {
        return Ok(0);
    }
    let ids = padded(ids.iter().copied());
    let text = format!("DELETE FROM {table} WHERE {column} IN ({})", marks(ids.len()));
    sql(text).bind_all(ids).run(tx).await
}
