//! Adding, changing and deleting accounts.

use super::COLUMNS;
use crate::{
    Result, Tx, dialect,
    sql::sql,
    value::{IntoValue, Value},
};
use wagate_model::{Account, AccountId, AccountStatus, Pacing, PhoneNumber, Reason, Timestamp, WorkspaceId};

/// A new status, and what came with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusChange {
    /// The status.
    pub status: AccountStatus,
    /// Why, where that is no plain success.
    pub reason: Option<Reason>,
    /// The number that the network told; `None` keeps the one that is known.
    pub phone_number: Option<PhoneNumber>,
    /// When.
    pub at: Timestamp,
}

/// Signs of life of one account; `None` keeps what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touch {
    /// The account.
    pub account_id: AccountId,
    /// When the last frame came from the network.
    pub last_frame_at: Option<Timestamp>,
    /// When the network last acknowledged a send.
    pub last_ack_at: Option<Timestamp>,
}

/// Adds an account.
pub async fn insert(tx: &mut Tx, account: &Account) -> Result<()> {
    sql(format!("INSERT INTO whatsapp_accounts ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"))
        .bind(account.id)
        .bind(account.workspace_id)
        .bind(account.mode)
        .bind(account.provider)
        .bind(account.name.as_str())
        .bind(account.phone_number.as_ref())
        .bind(account.status)
        .bind(account.status_reason)
        .bind(account.is_wanted)
        .bind(Value::Null)
        .bind(account.last_frame_at)
        .bind(account.last_ack_at)
        .bind(pacing(account.pacing.as_ref()))
        .bind(account.created_at)
        .bind(account.updated_at)
        .run(tx)
        .await
        .map(drop)
}

/// Gives it another name. Answers whether it exists.
pub async fn rename(tx: &mut Tx, workspace_id: WorkspaceId, id: AccountId, name: &str, now: Timestamp) -> Result<bool> {
    set(tx, (workspace_id, id), "name = ?", [name.into_value()], now).await
}

/// Says how fast it may send; `None` is its provider's own pace. Answers whether it exists.
pub async fn set_pacing(
    tx: &mut Tx,
    workspace_id: WorkspaceId,
    id: AccountId,
    new: Option<&Pacing>,
    now: Timestamp,
) -> Result<bool> {
    set(tx, (workspace_id, id), "pacing = ?", [pacing(new)], now).await
}

/// Numbers and short texts only: nothing in it can fail to be written.
fn pacing(pacing: Option<&Pacing>) -> Value {
    pacing.and_then(|pacing| serde_json::to_string(pacing).ok()).into_value()
}

/// Says whether its owner wants it connected. Answers whether it exists.
pub async fn set_wanted(
    tx: &mut Tx,
    workspace_id: WorkspaceId,
    id: AccountId,
    is_wanted: bool,
    now: Timestamp,
) -> Result<bool> {
    set(tx, (workspace_id, id), "is_wanted = ?", [is_wanted.into_value()], now).await
}

/// Writes a new status. Answers whether the account exists.
pub async fn set_status(tx: &mut Tx, workspace_id: WorkspaceId, id: AccountId, change: &StatusChange) -> Result<bool> {
    let values = [change.status.into_value(), change.reason.into_value(), change.phone_number.as_ref().into_value()];
    let columns = "status = ?, status_reason = ?, phone_number = COALESCE(?, phone_number)";
    set(tx, (workspace_id, id), columns, values, change.at).await
}

/// Says until when sends that open a new chat wait; `None` ends the wait. Answers whether the
/// account exists.
pub async fn set_new_chats_held_until(
    tx: &mut Tx,
    workspace_id: WorkspaceId,
    id: AccountId,
    until: Option<Timestamp>,
    now: Timestamp,
) -> Result<bool> {
    set(tx, (workspace_id, id), "new_chats_held_until = ?", [until.into_value()], now).await
}

/// Makes a tombstone of it, wanted no more. Answers whether it existed.
pub async fn delete(tx: &mut Tx, workspace_id: WorkspaceId, id: AccountId, now: Timestamp) -> Result<bool> {
    let values = [AccountStatus::Disconnected.into_value(), now.into_value()];
    set(tx, (workspace_id, id), "is_wanted = 0, status = ?, deleted_at = ?", values, now).await
}

/// Writes signs of life of many accounts. `updated_at` stays: the owner changed nothing.
pub async fn touch_many_any_workspace(tx: &mut Tx, touches: &[Touch]) -> Result<()> {
    touch(tx, "last_frame_at", touches.iter().filter_map(|touch| Some((touch.account_id, touch.last_frame_at?))))
        .await?;
    touch(tx, "last_ack_at", touches.iter().filter_map(|touch| Some((touch.account_id, touch.last_ack_at?)))).await
}

async fn touch(tx: &mut Tx, column: &str, times: impl Iterator<Item = (AccountId, Timestamp)>) -> Result<()> {
    let rows: Vec<Vec<Value>> = times.map(|(id, at)| vec![id.into_value(), at.into_value()]).collect();
    dialect::update_many(tx, "whatsapp_accounts", "id", &[column], rows).await
}

/// Sets `columns` of one account that is not deleted.
async fn set<const N: usize>(
    tx: &mut Tx,
    (workspace_id, id): (WorkspaceId, AccountId),
    columns: &str,
    values: [Value; N],
    now: Timestamp,
) -> Result<bool> {
    let count = sql(format!("UPDATE whatsapp_accounts SET {columns}, updated_at = ? WHERE id = ? AND workspace_id = ? AND deleted_at IS NULL"))
        .bind_all(values)
        .bind(now)
        .bind(id)
        .bind(workspace_id)
        .run(tx)
        .await?;
    Ok(count > 0)
}
