//! `audit_log`: changes that a person, key or operator made. Rows are added, never changed.

use crate::{
    Page, PageOf, Result, Tx,
    row::Row,
    sql::{On, sql},
};
use wagate_model::{WorkspaceId, workspace::AuditEntry};

const COLUMNS: &str = "id, workspace_id, at, actor, action, subject, detail, request_id";

/// Adds a line to the workspace's log.
pub async fn insert(tx: &mut Tx, workspace_id: WorkspaceId, entry: &AuditEntry) -> Result<()> {
    sql(format!("INSERT INTO audit_log ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"))
        .bind(entry.id)
        .bind(workspace_id)
        .bind(entry.at)
        .bind(entry.actor.as_str())
        .bind(entry.action.as_str())
        .bind(entry.subject.as_str())
        .bind(entry.detail.to_string())
        .bind(entry.request_id.as_str())
        .run(tx)
        .await
        .map(drop)
}

/// One page of the workspace's log, newest first.
pub async fn list(on: impl Into<On<'_>>, workspace_id: WorkspaceId, page: &Page) -> Result<PageOf<AuditEntry>> {
    let statement = sql(format!("SELECT {COLUMNS} FROM audit_log WHERE workspace_id = ?")).bind(workspace_id);
    let rows = page.cut(statement, "id").all(on).await?;
    Ok(page.of(rows.iter().map(read).collect::<Result<_>>()?))
}

fn read(row: &Row) -> Result<AuditEntry> {
    Ok(AuditEntry {
        id: row.word("id")?,
        at: row.time("at")?,
        actor: row.text("actor")?,
        action: row.text("action")?,
        subject: row.text("subject")?,
        detail: row.json("detail")?,
        request_id: row.text("request_id")?,
    })
}
