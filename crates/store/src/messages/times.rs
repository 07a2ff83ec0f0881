//! When messages shall be sent, and when not any more.

use super::{row::StoredMessage, write::changed_counts};
use crate::{Database, Result, Tx, dialect::update_many, sql::sql, value::IntoValue as _};
use wagate_model::{MessageId, Timestamp};

/// Writes when messages are to be sent and expire, with what follows from it: due time, status and
/// history. The rows must have been locked in the same transaction.
pub async fn save_times(tx: &mut Tx, messages: &[StoredMessage]) -> Result<()> {
    let columns = ["send_at", "expires_at", "due_at", "status", "history", "updated_at"];
    let rows = messages.iter().map(|stored| {
        let message = &stored.message;
        vec![
            message.id.into_value(),
            message.send_at.into_value(),
            message.expires_at.into_value(),
            stored.due_at.into_value(),
            message.status.into_value(),
            super::row::history(message).into_value(),
            message.updated_at.into_value(),
        ]
    });
    let rows = rows.collect();
    let counts = changed_counts(tx, messages).await?;
    update_many(tx, "message_logs", "id", &columns, rows).await?;
    counts.write(tx).await
}

/// Messages of all workspaces that wait although they have expired, by their time, from behind
/// `after` on: their times and ids.
pub async fn expired_any_workspace(
    database: &Database,
    now: Timestamp,
    after: Option<(Timestamp, MessageId)>,
    limit: u32,
) -> Result<Vec<(Timestamp, MessageId)>> {
    let mut statement = sql("SELECT id, expires_at FROM message_logs WHERE waiting_expires_at <= ?").bind(now);
    if let Some((at, id)) = after {
        statement = statement
            .and("AND waiting_expires_at >= ? AND (waiting_expires_at > ? OR id > ?)")
            .bind(at)
            .bind(at)
            .bind(id);
    }
    let rows = statement.and("ORDER BY waiting_expires_at, id").limit(limit).all(database).await?;
    rows.iter().map(|row| Ok((row.time("expires_at")?, row.word("id")?))).collect()
}
