//! `api_keys`: keys by the SHA-256 of their text only.

use crate::{
    Page, PageOf, Result, Tx, dialect,
    row::Row,
    sql::{On, Statement, marks, padded, sql},
    value::{IntoValue as _, Value},
};
use std::collections::HashSet;
use wagate_model::{AccountId, KeyId, Mode, Scopes, Timestamp, WorkspaceId, workspace::ApiKey};

const COLUMNS: &str = "id, workspace_id, mode, name, prefix, last4, scopes, account_ids, created_by, expires_at, revoked_at, last_used_at, replaced_by, created_at, updated_at";

/// Adds a key. `key_hash` is 64 lowercase hexadecimal digits.
pub async fn insert(tx: &mut Tx, key: &ApiKey, key_hash: &str) -> Result<()> {
    let scopes: Scopes = key.scopes.iter().copied().collect();
    sql(format!("INSERT INTO api_keys ({COLUMNS}, key_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"))
        .bind(key.id)
        .bind(key.workspace_id)
        .bind(key.mode)
        .bind(key.name.as_str())
        .bind(key.prefix.as_str())
        .bind(key.last4.as_str())
        .bind(scopes)
        .bind(key.account_ids.as_deref().map(accounts_text))
        .bind(key.created_by.as_str())
        .bind(key.expires_at)
        .bind(key.revoked_at)
        .bind(key.last_used_at)
        .bind(key.replaced_by)
        .bind(key.created_at)
        .bind(key.updated_at)
        .bind(key_hash)
        .run(tx)
        .await
        .map(drop)
}

/// The key with this hash, whosever it is and whether or not it still works: it is what says
/// whose request this is.
pub async fn find_by_hash_any_workspace(on: impl Into<On<'_>>, key_hash: &str) -> Result<Option<ApiKey>> {
    let statement = sql(format!("SELECT {COLUMNS} FROM api_keys WHERE key_hash = ?")).bind(key_hash);
    statement.optional(on).await?.as_ref().map(read).transpose()
}

/// The key, if the workspace has it in this mode.
pub async fn find(on: impl Into<On<'_>>, workspace_id: WorkspaceId, mode: Mode, id: KeyId) -> Result<Option<ApiKey>> {
    by_id(workspace_id, mode, id).optional(on).await?.as_ref().map(read).transpose()
}

/// The key, kept from being changed by others until the commit.
pub async fn lock(tx: &mut Tx, workspace_id: WorkspaceId, mode: Mode, id: KeyId) -> Result<Option<ApiKey>> {
    let words = tx.dialect().for_update();
    by_id(workspace_id, mode, id).and(words).optional(tx).await?.as_ref().map(read).transpose()
}

/// Which of these keys of the workspace and mode work at this time.
pub async fn working(
    on: impl Into<On<'_>>,
    workspace_id: WorkspaceId,
    mode: Mode,
    ids: &[KeyId],
    now: Timestamp,
) -> Result<HashSet<KeyId>> {
    let ids = padded(ids.iter().copied());
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let text = format!(
        "SELECT id FROM api_keys WHERE id IN ({}) AND workspace_id = ? AND mode = ? AND revoked_at IS NULL \
         AND (expires_at IS NULL OR expires_at > ?)",
        marks(ids.len())
    );
    let statement = sql(text).bind_all(ids).bind(workspace_id).bind(mode).bind(now);
    statement.all(on).await?.iter().map(|row| row.word("id")).collect()
}

/// One page of the workspace's keys in one mode, newest first.
pub async fn list(on: impl Into<On<'_>>, workspace_id: WorkspaceId, mode: Mode, page: &Page) -> Result<PageOf<ApiKey>> {
    let statement = sql(format!("SELECT {COLUMNS} FROM api_keys WHERE workspace_id = ? AND mode = ?"))
        .bind(workspace_id)
        .bind(mode);
    let rows = page.cut(statement, "id").all(on).await?;
    Ok(page.of(rows.iter().map(read).collect::<Result<_>>()?))
}

/// Writes `expires_at`, `revoked_at`, `replaced_by` and `updated_at`: all that changes in a key.
/// Answers whether it exists.
pub async fn update(tx: &mut Tx, key: &ApiKey) -> Result<bool> {
    let count = sql("UPDATE api_keys SET expires_at = ?, revoked_at = ?, replaced_by = ?, updated_at = ? WHERE id = ? AND workspace_id = ?")
        .bind(key.expires_at)
        .bind(key.revoked_at)
        .bind(key.replaced_by)
        .bind(key.updated_at)
        .bind(key.id)
        .bind(key.workspace_id)
        .run(tx)
        .await?;
    Ok(count > 0)
}

/// Writes when keys were last used.
pub async fn touch_many_any_workspace(tx: &mut Tx, used: impl IntoIterator<Item = (KeyId, Timestamp)>) -> Result<()> {
    let rows: Vec<Vec<Value>> = used.into_iter().map(|(id, at)| vec![id.into_value(), at.into_value()]).collect();
    dialect::update_many(tx, "api_keys", "id", &["last_used_at"], rows).await
}

fn by_id(workspace_id: WorkspaceId, mode: Mode, id: KeyId) -> Statement {
    sql(format!("SELECT {COLUMNS} FROM api_keys WHERE id = ? AND workspace_id = ? AND mode = ?"))
        .bind(id)
        .bind(workspace_id)
        .bind(mode)
}

fn accounts_text(accounts: &[AccountId]) -> String {
    serde_json::json!(accounts).to_string()
}

fn read(row: &Row) -> Result<ApiKey> {
    let is_bound = row.opt_text("account_ids")?.is_some();
    Ok(ApiKey {
        id: row.word("id")?,
        workspace_id: row.word("workspace_id")?,
        name: row.text("name")?,
        mode: row.word("mode")?,
        prefix: row.text("prefix")?,
        last4: row.text("last4")?,
        scopes: row.word::<Scopes>("scopes")?.iter().collect(),
        account_ids: if is_bound { Some(row.json("account_ids")?) } else { None },
        created_by: row.text("created_by")?,
        expires_at: row.opt_time("expires_at")?,
        revoked_at: row.opt_time("revoked_at")?,
        last_used_at: row.opt_time("last_used_at")?,
        replaced_by: row.opt_word("replaced_by")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
