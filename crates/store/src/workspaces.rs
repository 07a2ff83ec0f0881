//! `workspaces`: the tenants.

use crate::{
    Page, PageOf, Result, Tx,
    row::Row,
    sql::{On, Statement, marks, sql},
};
use std::collections::HashSet;
use wagate_model::{
    Tier, WorkspaceId,
    tier::{LimitOverrides, Tiers},
    workspace::Workspace,
};

const COLUMNS: &str = "id, name, tier, overrides, is_suspended, suspended_reason, created_at, updated_at";

/// Adds a workspace. Its `limits` are not stored: tier and overrides give them.
pub async fn insert(tx: &mut Tx, workspace: &Workspace) -> Result<()> {
    sql(format!("INSERT INTO workspaces ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"))
        .bind(workspace.id)
        .bind(workspace.name.as_str())
        .bind(workspace.tier)
        .bind(overrides_text(workspace.overrides))
        .bind(workspace.is_suspended)
        .bind(workspace.suspended_reason.clone())
        .bind(workspace.created_at)
        .bind(workspace.updated_at)
        .run(tx)
        .await
        .map(drop)
}

/// The workspace, if there is one. Here and below, `tiers` and its overrides give its limits.
pub async fn find(on: impl Into<On<'_>>, tiers: &Tiers, id: WorkspaceId) -> Result<Option<Workspace>> {
    by_id(id).optional(on).await?.map(|row| read(&row, tiers)).transpose()
}

/// The workspace, kept from being changed by others until the commit. Whoever counts what a
/// limit allows takes this lock first.
pub async fn lock(tx: &mut Tx, tiers: &Tiers, id: WorkspaceId) -> Result<Option<Workspace>> {
    let words = tx.dialect().for_update();
    by_id(id).and(words).optional(tx).await?.map(|row| read(&row, tiers)).transpose()
}

/// One page of all workspaces, newest first.
pub async fn list_any_workspace(on: impl Into<On<'_>>, tiers: &Tiers, page: &Page) -> Result<PageOf<Workspace>> {
    let statement = sql(format!("SELECT {COLUMNS} FROM workspaces WHERE 1 = 1"));
    let rows = page.cut(statement, "id").all(on).await?;
    Ok(page.of(rows.iter().map(|row| read(row, tiers)).collect::<Result<_>>()?))
}

/// Writes name, tier, overrides, suspension and `updated_at`. Answers whether it exists.
pub async fn update(tx: &mut Tx, workspace: &Workspace) -> Result<bool> {
    let count = sql("UPDATE workspaces SET name = ?, tier = ?, overrides = ?, is_suspended = ?, suspended_reason = ?, updated_at = ? WHERE id = ?")
        .bind(workspace.name.as_str())
        .bind(workspace.tier)
        .bind(overrides_text(workspace.overrides))
        .bind(workspace.is_suspended)
        .bind(workspace.suspended_reason.clone())
        .bind(workspace.updated_at)
        .bind(workspace.id)
        .run(tx)
        .await?;
    Ok(count > 0)
}

fn by_id(id: WorkspaceId) -> Statement {
    sql(format!("SELECT {COLUMNS} FROM workspaces WHERE id = ?")).bind(id)
}

fn overrides_text(overrides: LimitOverrides) -> String {
    serde_json::json!(overrides).to_string()
}

fn read(row: &Row, tiers: &Tiers) -> Result<Workspace> {
    let (tier, overrides): (Tier, LimitOverrides) = (row.word("tier")?, row.json("overrides")?);
    Ok(Workspace {
        id: row.word("id")?,
        name: row.text("name")?,
        tier,
        overrides,
        limits: overrides.over(tiers.of(tier)),
        is_suspended: row.flag("is_suspended")?,
        suspended_reason: row.opt_text("suspended_reason")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

/// Which of these workspaces are suspended.
pub async fn suspended_any_workspace(on: impl Into<On<'_>>, ids: &[WorkspaceId]) -> Result<HashSet<WorkspaceId>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let text = format!("SELECT id FROM workspaces WHERE is_suspended = 1 AND id IN ({})", marks(ids.len()));
    sql(text).bind_all(ids.iter()).all(on).await?.iter().map(|row| row.word("id")).collect()
}
