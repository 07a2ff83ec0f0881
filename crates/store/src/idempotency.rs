//! `idempotency_keys`: the answers to POSTs by key, so that the same request asked again is
//! answered, not done, again.
//!
//! A row begins with a lease and ends with an answer. Whose row it is says its `token`: whoever
//! lost the lease to another can no longer write.

use crate::{
    Result, StoreError, Tx, dialect,
    row::Row,
    sql::{On, Statement, marks, padded, sql},
    value::{IntoValue as _, Value},
};
use wagate_model::{Timestamp, WorkspaceId};

/// One key in use, or answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyRow {
    /// 64 hexadecimal digits over workspace, mode, method, path and key.
    pub scope_hash: String,
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Whoever works on it or did, up to 40 characters.
    pub token: String,
    /// 64 hexadecimal digits over the request's body.
    pub body_hash: String,
    /// Until when the work counts as going on; `None` once it is answered.
    pub lease_until: Option<Timestamp>,
    /// The answer's HTTP status.
    pub status_code: Option<u16>,
    /// The answer's body.
    pub response: Option<Vec<u8>>,
    /// Whether the body is sealed because it carries a secret.
    pub is_sealed: bool,
    /// When the key was first used.
    pub created_at: Timestamp,
}

/// An answer to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The HTTP status.
    pub status_code: u16,
    /// The body, sealed or not.
    pub response: Vec<u8>,
    /// Whether it is sealed.
    pub is_sealed: bool,
}

const COLUMNS: [&str; 9] = [
    "scope_hash",
    "workspace_id",
    "token",
    "body_hash",
    "lease_until",
    "status_code",
    "response",
    "is_sealed",
    "created_at",
];

/// Adds rows whose key is not in use; rows that are there stay as they are. Read them back with
/// [`find_many_any_workspace`] to see whose they are.
pub async fn insert_many(tx: &mut Tx, rows: impl IntoIterator<Item = IdempotencyRow>) -> Result<()> {
    let suffix = tx.dialect().keep_existing("scope_hash");
    let rows = rows.into_iter().map(values).collect();
    dialect::insert_many(tx, "idempotency_keys", &COLUMNS, &suffix, rows).await
}

/// The workspace's row of a key, if it was used.
pub async fn find(
    on: impl Into<On<'_>>,
    workspace_id: WorkspaceId,
    scope_hash: &str,
) -> Result<Option<IdempotencyRow>> {
    select("scope_hash = ? AND workspace_id = ?")
        .bind(scope_hash)
        .bind(workspace_id)
        .optional(on)
        .await?
        .as_ref()
        .map(read)
        .transpose()
}

/// The rows of many keys, in no order: for batches of requests of several workspaces, whose hash
/// holds the workspace.
pub async fn find_many_any_workspace(on: impl Into<On<'_>>, scope_hashes: &[String]) -> Result<Vec<IdempotencyRow>> {
    if scope_hashes.is_empty() {
        return Ok(Vec::new());
    }
    let hashes = padded(scope_hashes.iter().map(String::as_str));
    let rows = select(&format!("scope_hash IN ({})", marks(hashes.len()))).bind_all(hashes).all(on).await?;
    rows.iter().map(read).collect()
}

/// Takes over a row whose lease ended without an answer. Answers whether nobody else did so first.
pub async fn take_over(tx: &mut Tx, row: &IdempotencyRow, token: &str, lease_until: Timestamp) -> Result<bool> {
    let count = sql("UPDATE idempotency_keys SET token = ?, lease_until = ? WHERE scope_hash = ? AND workspace_id = ? AND token = ? AND status_code IS NULL")
        .bind(token)
        .bind(lease_until)
        .bind(row.scope_hash.as_str())
        .bind(row.workspace_id)
        .bind(row.token.as_str())
        .run(tx)
        .await?;
    Ok(count > 0)
}

/// Keeps the answer. Answers whether the row was still this token's.
pub async fn finish(
    tx: &mut Tx,
    workspace_id: WorkspaceId,
    scope_hash: &str,
    token: &str,
    answer: KeptAnswer,
) -> Result<bool> {
    let count = sql("UPDATE idempotency_keys SET status_code = ?, response = ?, is_sealed = ?, lease_until = NULL WHERE scope_hash = ? AND workspace_id = ? AND token = ? AND status_code IS NULL")
        .bind(u32::from(answer.status_code))
        .bind(answer.response)
        .bind(answer.is_sealed)
        .bind(scope_hash)
        .bind(workspace_id)
        .bind(token)
        .run(tx)
        .await?;
    Ok(count > 0)
}

/// Forgets a key whose request is not to be kept. Answers whether the row was still this token's.
pub async fn abandon(tx: &mut Tx, workspace_id: WorkspaceId, scope_hash: &str, token: &str) -> Result<bool> {
    let count = sql(
        "DELETE FROM idempotency_keys WHERE scope_hash = ? AND workspace_id = ? AND token = ? AND status_code IS NULL",
    )
    .bind(scope_hash)
    .bind(workspace_id)
    .bind(token)
    .run(tx)
    .await?;
    Ok(count > 0)
}

/// Deletes at most `most` rows from before `before`. Answers how many.
pub async fn delete_older_any_workspace(tx: &mut Tx, before: Timestamp, most: u32) -> Result<u64> {
    let rows = sql("SELECT scope_hash FROM idempotency_keys WHERE created_at < ? ORDER BY created_at LIMIT ?")
        .bind(before)
        .bind(most)
        .all(&mut *tx)
        .await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let hashes = rows.iter().map(|row| row.text("scope_hash")).collect::<Result<Vec<_>>>()?;
    sql(format!("DELETE FROM idempotency_keys WHERE scope_hash IN ({})", marks(hashes.len())))
        .bind_all(hashes)
        .run(tx)
        .await
}

fn select(condition: &str) -> Statement {
    sql(format!("SELECT {} FROM idempotency_keys WHERE {condition}", COLUMNS.join(", ")))
}

fn values(row: IdempotencyRow) -> Vec<Value> {
    vec![
        row.scope_hash.into_value(),
        row.workspace_id.into_value(),
        row.token.into_value(),
        row.body_hash.into_value(),
        row.lease_until.into_value(),
        row.status_code.map(u32::from).into_value(),
        row.response.into_value(),
        row.is_sealed.into_value(),
        row.created_at.into_value(),
    ]
}

fn read(row: &Row) -> Result<IdempotencyRow> {
    Ok(IdempotencyRow {
        scope_hash: row.text("scope_hash")?,
        workspace_id: row.word("workspace_id")?,
        token: row.text("token")?,
        body_hash: row.text("body_hash")?,
        lease_until: row.opt_time("lease_until")?,
        status_code: status_code(row)?,
        response: row.opt_bytes("response")?,
        is_sealed: row.flag("is_sealed")?,
        created_at: row.time("created_at")?,
    })
}

fn status_code(row: &Row) -> Result<Option<u16>> {
    let wrong = |error: std::num::TryFromIntError| StoreError::Unreadable {
        column: "status_code".to_owned(),
        detail: error.to_string(),
    };
    row.opt_int("status_code")?.map(|code| u16::try_from(code).map_err(wrong)).transpose()
}
