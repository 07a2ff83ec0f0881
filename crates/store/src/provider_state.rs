//! `provider_state`: what providers keep about accounts, sealed by the engine. This module sees
//! bytes only.

use crate::{
    Result, Tx,
    sql::{On, sql},
};
use wagate_model::{AccountId, Timestamp, WorkspaceId};

/// Which value of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateKey<'a> {
    /// The account.
    pub account_id: AccountId,
    /// What sort of state, up to 64 characters.
    pub kind: &'a str,
    /// Which one of its sort, up to 128 characters.
    pub key: &'a str,
}

/// One sealed value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateValue {
    /// Which one of its sort.
    pub key: String,
    /// The sealed bytes.
    pub value: Vec<u8>,
    /// When it was last written.
    pub updated_at: Timestamp,
}

/// The sealed value, if there is one.
pub async fn get(on: impl Into<On<'_>>, workspace_id: WorkspaceId, of: StateKey<'_>) -> Result<Option<Vec<u8>>> {
    sql("SELECT value FROM provider_state WHERE account_id = ? AND kind = ? AND state_key = ? AND workspace_id = ?")
        .bind(of.account_id)
        .bind(of.kind)
        .bind(of.key)
        .bind(workspace_id)
        .optional(on)
        .await?
        .map(|row| row.bytes("value"))
        .transpose()
}

/// All sealed values of a sort, by key.
pub async fn all(
    on: impl Into<On<'_>>,
    workspace_id: WorkspaceId,
    account_id: AccountId,
    kind: &str,
) -> Result<Vec<StateValue>> {
    let rows = sql("SELECT state_key, value, updated_at FROM provider_state WHERE account_id = ? AND kind = ? AND workspace_id = ? ORDER BY state_key")
        .bind(account_id)
        .bind(kind)
        .bind(workspace_id)
        .all(on)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(StateValue {
                key: row.text("state_key")?,
                value: row.bytes("value")?,
                updated_at: row.time("updated_at")?,
            })
        })
        .collect()
}

/// Writes a sealed value, in place of an earlier one.
pub async fn put(
    tx: &mut Tx,
    workspace_id: WorkspaceId,
    of: StateKey<'_>,
    sealed: Vec<u8>,
    now: Timestamp,
) -> Result<()> {
    let suffix = tx.dialect().replace_existing("account_id, kind, state_key", &["value", "updated_at"]);
    sql(format!("INSERT INTO provider_state (account_id, kind, state_key, workspace_id, value, updated_at) VALUES (?, ?, ?, ?, ?, ?) {suffix}"))
        .bind(of.account_id)
        .bind(of.kind)
        .bind(of.key)
        .bind(workspace_id)
        .bind(sealed)
        .bind(now)
        .run(tx)
        .await
        .map(drop)
}

/// Removes a value, if there is one.
pub async fn delete(tx: &mut Tx, workspace_id: WorkspaceId, of: StateKey<'_>) -> Result<()> {
    sql("DELETE FROM provider_state WHERE account_id = ? AND kind = ? AND state_key = ? AND workspace_id = ?")
        .bind(of.account_id)
        .bind(of.kind)
        .bind(of.key)
        .bind(workspace_id)
        .run(tx)
        .await
        .map(drop)
}

/// Removes everything that is kept about an account. Answers how many values there were.
pub async fn delete_all(tx: &mut Tx, workspace_id: WorkspaceId, account_id: AccountId) -> Result<u64> {
    sql("DELETE FROM provider_state WHERE account_id = ? AND workspace_id = ?")
        .bind(account_id)
        .bind(workspace_id)
        .run(tx)
        .await
}
