//! `webhook_configs`: customers' endpoints. Secrets and headers go in and out sealed.

use crate::{
    Page, PageOf, Result, Tx,
    row::Row,
    sql::{On, marks, sql},
};
use std::{collections::BTreeMap, fmt::Display};
use wagate_model::{AccountId, EndpointId, EventType, Mode, Timestamp, WorkspaceId, webhook::Endpoint};

/// What decides whether an event goes to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listening {
    /// The endpoint.
    pub id: EndpointId,
    /// The events it hears of; empty is all.
    pub events: Vec<EventType>,
    /// The accounts it hears of; empty is all.
    pub account_ids: Vec<AccountId>,
    /// Whether it is delivered to; a disabled one gets skipped deliveries.
    pub is_enabled: bool,
}

/// An endpoint with its sealed parts. `endpoint.headers` is empty: they are in `headers`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointRow {
    /// Everything that is not sealed.
    pub endpoint: Endpoint,
    /// The customer's headers, sealed; empty bytes if there are none.
    pub headers: Vec<u8>,
    /// The signing secrets, sealed; empty bytes once it is deleted.
    pub secrets: Vec<u8>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, workspace_id, mode, url, description, events, account_ids, headers, secrets, is_enabled, \
                       disabled_reason, failing_since, deleted_at, created_at, updated_at";

/// Words as they are stored: with a space between.
fn words<T: Display>(values: &[T]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn read_words<T: std::str::FromStr<Err: Display>>(row: &Row, column: &str) -> Result<Vec<T>> {
    let unreadable =
        |error: T::Err| crate::StoreError::Unreadable { column: column.to_owned(), detail: error.to_string() };
    row.text(column)?.split_ascii_whitespace().map(|word| word.parse().map_err(unreadable)).collect()
}

fn read(row: &Row) -> Result<EndpointRow> {
    let endpoint = Endpoint {
        id: row.word("id")?,
        workspace_id: row.word("workspace_id")?,
        mode: row.word("mode")?,
        url: row.text("url")?,
        description: row.text("description")?,
        events: read_words(row, "events")?,
        account_ids: read_words(row, "account_ids")?,
        headers: BTreeMap::new(),
        is_enabled: row.flag("is_enabled")?,
        disabled_reason: row.opt_text("disabled_reason")?,
        failing_since: row.opt_time("failing_since")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    };
    Ok(EndpointRow {
        endpoint,
        headers: row.bytes("headers")?,
        secrets: row.bytes("secrets")?,
        deleted_at: row.opt_time("deleted_at")?,
    })
}

/// Who may hear of an event: all endpoints of a workspace's half that are not deleted.
pub async fn listening(on: impl Into<On<'_>>, workspace_id: WorkspaceId, mode: Mode) -> Result<Vec<Listening>> {
    let text = "SELECT id, events, account_ids, is_enabled FROM webhook_configs \
                WHERE workspace_id = ? AND mode = ? AND deleted_at IS NULL";
    let rows = sql(text).bind(workspace_id).bind(mode).all(on).await?;
    rows.iter()
        .map(|row| {
            Ok(Listening {
                id: row.word("id")?,
                events: read_words(row, "events")?,
                account_ids: read_words(row, "account_ids")?,
                is_enabled: row.flag("is_enabled")?,
            })
        })
        .collect()
}

/// Inserts an endpoint.
pub async fn insert(tx: &mut Tx, row: &EndpointRow) -> Result<()> {
    let endpoint = &row.endpoint;
    sql(format!("INSERT INTO webhook_configs ({COLUMNS}) VALUES ({})", marks(15)))
        .bind(endpoint.id)
        .bind(endpoint.workspace_id)
        .bind(endpoint.mode)
        .bind(endpoint.url.as_str())
        .bind(endpoint.description.as_str())
        .bind(words(&endpoint.events))
        .bind(words(&endpoint.account_ids))
        .bind(row.headers.clone())
        .bind(row.secrets.clone())
        .bind(endpoint.is_enabled)
        .bind(endpoint.disabled_reason.clone())
        .bind(endpoint.failing_since)
        .bind(row.deleted_at)
        .bind(endpoint.created_at)
        .bind(endpoint.updated_at)
        .run(tx)
        .await?;
    Ok(())
}

/// How many endpoints a workspace has in this mode.
pub async fn count(on: impl Into<On<'_>>, workspace_id: WorkspaceId, mode: Mode) -> Result<u32> {
    let text =
        "SELECT COUNT(*) AS present FROM webhook_configs WHERE workspace_id = ? AND mode = ? AND deleted_at IS NULL";
    sql(text).bind(workspace_id).bind(mode).one(on).await?.count("present")
}

/// One page of the endpoints; of those in `only`, if it is given.
pub async fn list(
    on: impl Into<On<'_>>,
    workspace_id: WorkspaceId,
    mode: Mode,
    only: Option<&[EndpointId]>,
    page: &Page,
) -> Result<PageOf<EndpointRow>> {
    let text =
        format!("SELECT {COLUMNS} FROM webhook_configs WHERE workspace_id = ? AND mode = ? AND deleted_at IS NULL");
    let mut statement = sql(text).bind(workspace_id).bind(mode);
    match only {
        Some([]) => return Ok(page.of(Vec::new())),
        Some(ids) => {
            statement = statement.and(&format!("AND id IN ({})", marks(ids.len()))).bind_all(ids.iter().copied());
        }
        None => {}
    }
    let rows = page.cut(statement, "id").all(on).await?;
    Ok(page.of(rows.iter().map(read).collect::<Result<_>>()?))
}

/// One endpoint, unless it is deleted.
pub async fn find(
    on: impl Into<On<'_>>,
    workspace_id: WorkspaceId,
    mode: Mode,
    id: EndpointId,
) -> Result<Option<EndpointRow>> {
    let found = find_with_deleted(on, workspace_id, mode, id).await?;
    Ok(found.filter(|row| row.deleted_at.is_none()))
}

/// One endpoint, also if it is deleted.
pub async fn find_with_deleted(
    on: impl Into<On<'_>>,
    workspace_id: WorkspaceId,
    mode: Mode,
    id: EndpointId,
) -> Result<Option<EndpointRow>> {
    let text = format!("SELECT {COLUMNS} FROM webhook_configs WHERE workspace_id = ? AND mode = ? AND id = ?");
    sql(text).bind(workspace_id).bind(mode).bind(id).optional(on).await?.as_ref().map(read).transpose()
}

/// One endpoint, kept from being changed by others until the commit; unless it is deleted.
pub async fn find_for_update(
    tx: &mut Tx,
    workspace_id: WorkspaceId,
    mode: Mode,
    id: EndpointId,
) -> Result<Option<EndpointRow>> {
    let lock = tx.dialect().for_update();
    let text = format!(
        "SELECT {COLUMNS} FROM webhook_configs WHERE workspace_id = ? AND mode = ? AND id = ? AND deleted_at IS NULL {lock}"
    );
    sql(text).bind(workspace_id).bind(mode).bind(id).optional(tx).await?.as_ref().map(read).transpose()
}

/// One endpoint by its id alone, also if it is deleted: for the courier.
pub async fn find_any_workspace(on: impl Into<On<'_>>, id: EndpointId) -> Result<Option<EndpointRow>> {
    let text = format!("SELECT {COLUMNS} FROM webhook_configs WHERE id = ?");
    sql(text).bind(id).optional(on).await?.as_ref().map(read).transpose()
}

/// Writes everything of an endpoint that can change. `updated_at` is its version: it must differ
/// from the one before.
pub async fn update(tx: &mut Tx, row: &EndpointRow) -> Result<()> {
    let endpoint = &row.endpoint;
    let text = "UPDATE webhook_configs SET url = ?, description = ?, events = ?, account_ids = ?, headers = ?, secrets = ?, \
                is_enabled = ?, disabled_reason = ?, failing_since = ?, deleted_at = ?, updated_at = ? \
                WHERE workspace_id = ? AND id = ?";
    sql(text)
        .bind(endpoint.url.as_str())
        .bind(endpoint.description.as_str())
        .bind(words(&endpoint.events))
        .bind(words(&endpoint.account_ids))
        .bind(row.headers.clone())
        .bind(row.secrets.clone())
        .bind(endpoint.is_enabled)
        .bind(endpoint.disabled_reason.clone())
        .bind(endpoint.failing_since)
        .bind(row.deleted_at)
        .bind(endpoint.updated_at)
        .bind(endpoint.workspace_id)
        .bind(endpoint.id)
        .run(tx)
        .await?;
    Ok(())
}

/// Notes the first failure after a success; an earlier note stays.
pub async fn begin_failing(tx: &mut Tx, workspace_id: WorkspaceId, id: EndpointId, at: Timestamp) -> Result<()> {
    let text =
        "UPDATE webhook_configs SET failing_since = ? WHERE workspace_id = ? AND id = ? AND failing_since IS NULL";
    sql(text).bind(at).bind(workspace_id).bind(id).run(tx).await?;
    Ok(())
}

/// Notes a success.
pub async fn end_failing(tx: &mut Tx, workspace_id: WorkspaceId, id: EndpointId) -> Result<()> {
    let text = "UPDATE webhook_configs SET failing_since = NULL WHERE workspace_id = ? AND id = ? AND failing_since IS NOT NULL";
    sql(text).bind(workspace_id).bind(id).run(tx).await?;
    Ok(())
}
