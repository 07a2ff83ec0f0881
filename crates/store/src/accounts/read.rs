//! Reading accounts.

use super::COLUMNS;
use crate::{
    Database, Page, PageOf, Result, StoreError, Tx,
    row::Row,
    sql::{On, Statement, marks, padded, sql},
};
use std::collections::HashSet;
use wagate_model::{Account, AccountId, AccountStatus, Mode, Pacing, ProviderKind, Timestamp, WorkspaceId};

/// An account with what only the gateway sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// What its workspace sees.
    pub account: Account,
    /// Until when sends that open a new chat wait.
    pub new_chats_held_until: Option<Timestamp>,
}

/// An account that should be connected: what a session needs to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedAccount {
    /// The account.
    pub account_id: AccountId,
    /// Its workspace.
    pub workspace_id: WorkspaceId,
    /// The half of the workspace.
    pub mode: Mode,
    /// How it reaches the network.
    pub provider: ProviderKind,
    /// The status last written.
    pub status: AccountStatus,
    /// How fast it may send, if its owner said so.
    pub pacing: Option<Pacing>,
}

/// The account, if the workspace has it in this mode.
pub async fn find(
    on: impl Into<On<'_>>,
    workspace_id: WorkspaceId,
    mode: Mode,
    id: AccountId,
) -> Result<Option<Account>> {
    let row = by_id(workspace_id, id).and("AND mode = ?").bind(mode).optional(on).await?;
    row.as_ref().map(account).transpose()
}

/// The account in whichever mode, with what only the gateway sees.
pub async fn find_row(on: impl Into<On<'_>>, workspace_id: WorkspaceId, id: AccountId) -> Result<Option<AccountRow>> {
    by_id(workspace_id, id).optional(on).await?.as_ref().map(account_row).transpose()
}

/// The account, whosever it is: for sessions, which begin with its id.
pub async fn find_any_workspace(on: impl Into<On<'_>>, id: AccountId) -> Result<Option<Account>> {
    let statement =
        sql(format!("SELECT {COLUMNS} FROM whatsapp_accounts WHERE id = ? AND deleted_at IS NULL")).bind(id);
    statement.optional(on).await?.as_ref().map(account).transpose()
}

/// The account, kept from being changed by others until the commit.
pub async fn lock(tx: &mut Tx, workspace_id: WorkspaceId, id: AccountId) -> Result<Option<AccountRow>> {
    let words = tx.dialect().for_update();
    by_id(workspace_id, id).and(words).optional(tx).await?.as_ref().map(account_row).transpose()
}

/// One page of the workspace's accounts in one mode, newest first; with `only`, of these alone.
pub async fn list(
    on: impl Into<On<'_>>,
    workspace_id: WorkspaceId,
    mode: Mode,
    only: Option<&[AccountId]>,
    page: &Page,
) -> Result<PageOf<Account>> {
    let mut statement = sql(format!(
        "SELECT {COLUMNS} FROM whatsapp_accounts WHERE workspace_id = ? AND mode = ? AND deleted_at IS NULL"
    ))
    .bind(workspace_id)
    .bind(mode);
    if let Some(only) = only {
        statement = among(statement, only);
    }
    let rows = page.cut(statement, "id").all(on).await?;
    Ok(page.of(rows.iter().map(account).collect::<Result<_>>()?))
}

/// Which of `ids` the workspace has in this mode.
pub async fn existing(
    on: impl Into<On<'_>>,
    workspace_id: WorkspaceId,
    mode: Mode,
    ids: &[AccountId],
) -> Result<Vec<AccountId>> {
    let statement = sql("SELECT id FROM whatsapp_accounts WHERE workspace_id = ? AND mode = ? AND deleted_at IS NULL")
        .bind(workspace_id)
        .bind(mode);
    let rows = among(statement, ids).all(on).await?;
    rows.iter().map(|row| row.word("id")).collect()
}

/// How many accounts the workspace has in this mode.
pub async fn count(on: impl Into<On<'_>>, workspace_id: WorkspaceId, mode: Mode) -> Result<u32> {
    sql("SELECT COUNT(*) AS present FROM whatsapp_accounts WHERE workspace_id = ? AND mode = ? AND deleted_at IS NULL")
        .bind(workspace_id)
        .bind(mode)
        .one(on)
        .await?
        .count("present")
}

/// Every account that its owner wants connected, of all workspaces, in few columns.
pub async fn wanted_any_workspace(database: &Database) -> Result<Vec<WantedAccount>> {
    let rows = sql("SELECT id, workspace_id, mode, provider, status, pacing FROM whatsapp_accounts WHERE is_wanted = 1 AND deleted_at IS NULL")
        .all(database)
        .await?;
    rows.iter().map(wanted).collect()
}

/// Which of these accounts are not deleted. They stay so until the commit.
pub async fn hold_present_any_workspace(tx: &mut Tx, ids: &[AccountId]) -> Result<HashSet<AccountId>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let ids = padded(ids.iter().copied());
    let text = format!(
        "SELECT id FROM whatsapp_accounts WHERE id IN ({}) AND deleted_at IS NULL ORDER BY id {}",
        marks(ids.len()),
        tx.dialect().for_share()
    );
    sql(text).bind_all(ids).all(tx).await?.iter().map(|row| row.word("id")).collect()
}

/// Deleted accounts whose provider still keeps something: they are to be logged out.
pub async fn deleted_with_state_any_workspace(database: &Database) -> Result<Vec<WantedAccount>> {
    let rows = sql(
        "SELECT id, workspace_id, mode, provider, status, pacing FROM whatsapp_accounts WHERE deleted_at IS NOT NULL \
                    AND id IN (SELECT account_id FROM provider_state)",
    )
    .all(database)
    .await?;
    rows.iter().map(wanted).collect()
}

fn by_id(workspace_id: WorkspaceId, id: AccountId) -> Statement {
    sql(format!("SELECT {COLUMNS} FROM whatsapp_accounts WHERE id = ? AND workspace_id = ? AND deleted_at IS NULL"))
        .bind(id)
        .bind(workspace_id)
}

/// An empty list matches nothing; SQL has no empty `IN ()`.
fn among(statement: Statement, ids: &[AccountId]) -> Statement {
    if ids.is_empty() {
        return statement.and("AND 1 = 0");
    }
    statement.and(&format!("AND id IN ({})", marks(ids.len()))).bind_all(ids.iter())
}

fn account_row(row: &Row) -> Result<AccountRow> {
    Ok(AccountRow { account: account(row)?, new_chats_held_until: row.opt_time("new_chats_held_until")? })
}

fn account(row: &Row) -> Result<Account> {
    Ok(Account {
        id: row.word("id")?,
        workspace_id: row.word("workspace_id")?,
        mode: row.word("mode")?,
        provider: row.word("provider")?,
        name: row.text("name")?,
        phone_number: row.opt_word("phone_number")?,
        status: row.word("status")?,
        status_reason: row.opt_word("status_reason")?,
        is_wanted: row.flag("is_wanted")?,
        last_frame_at: row.opt_time("last_frame_at")?,
        last_ack_at: row.opt_time("last_ack_at")?,
        pacing: pacing(row)?,
        next_send_at: None,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

fn wanted(row: &Row) -> Result<WantedAccount> {
    Ok(WantedAccount {
        account_id: row.word("id")?,
        workspace_id: row.word("workspace_id")?,
        mode: row.word("mode")?,
        provider: row.word("provider")?,
        status: row.word("status")?,
        pacing: pacing(row)?,
    })
}

fn pacing(row: &Row) -> Result<Option<Pacing>> {
    let unreadable =
        |error: serde_json::Error| StoreError::Unreadable { column: "pacing".to_owned(), detail: error.to_string() };
    row.opt_text("pacing")?.map(|text| serde_json::from_str(&text).map_err(unreadable)).transpose()
}
