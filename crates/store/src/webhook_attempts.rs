//! `webhook_attempts`: POSTs of deliveries and what came of them.

use crate::{
    Result, Tx,
    dialect::insert_many as insert_rows,
    row::Row,
    sql::{On, sql},
    value::{IntoValue as _, Value},
};
use wagate_model::{DeliveryId, WorkspaceId, webhook::WebhookAttempt};

fn new_row(workspace_id: WorkspaceId, attempt: &WebhookAttempt) -> Vec<Value> {
    vec![
        attempt.delivery_id.into_value(),
        attempt.number.into_value(),
        attempt.id.into_value(),
        workspace_id.into_value(),
        attempt.trigger.into_value(),
        attempt.status_code.map(u32::from).into_value(),
        attempt.error.clone().into_value(),
        attempt.response.clone().into_value(),
        attempt.duration_ms.into_value(),
        attempt.at.into_value(),
    ]
}

/// Inserts attempts. One that is there already, because a commit's answer was lost, stays.
pub async fn insert_many<'a>(
    tx: &mut Tx,
    attempts: impl IntoIterator<Item = (WorkspaceId, &'a WebhookAttempt)>,
) -> Result<()> {
    let columns = [
        "delivery_id",
        "number",
        "id",
        "workspace_id",
        "trigger_kind",
        "status_code",
        "error",
        "response",
        "duration_ms",
        "at",
    ];
    let rows = attempts.into_iter().map(|(workspace_id, attempt)| new_row(workspace_id, attempt)).collect();
    let suffix = tx.dialect().keep_existing("delivery_id");
    insert_rows(tx, "webhook_attempts", &columns, &suffix, rows).await
}

/// A delivery's attempts, the first one first.
pub async fn of_delivery(
    on: impl Into<On<'_>>,
    workspace_id: WorkspaceId,
    delivery_id: DeliveryId,
) -> Result<Vec<WebhookAttempt>> {
    let text = "SELECT id, delivery_id, number, trigger_kind, status_code, error, response, duration_ms, at \
                FROM webhook_attempts WHERE delivery_id = ? AND workspace_id = ? ORDER BY number";
    let rows = sql(text).bind(delivery_id).bind(workspace_id).all(on).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<WebhookAttempt> {
    let unreadable = |_too_large| crate::StoreError::Unreadable {
        column: "status_code".to_owned(),
        detail: "it is no HTTP status".to_owned(),
    };
    Ok(WebhookAttempt {
        id: row.word("id")?,
        delivery_id: row.word("delivery_id")?,
        number: row.count("number")?,
        trigger: row.word("trigger_kind")?,
        status_code: row.opt_int("status_code")?.map(u16::try_from).transpose().map_err(unreadable)?,
        error: row.opt_text("error")?,
        response: row.opt_text("response")?,
        duration_ms: row.count("duration_ms")?,
        at: row.time("at")?,
    })
}
