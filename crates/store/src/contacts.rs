//! `contacts`: the cards of people.

use crate::{
    Page, PageOf, Result, StoreError, Tx,
    dialect::insert_many,
    row::Row,
    sql::{On, Statement, marks, padded, sql},
    value::{IntoValue as _, Value},
};
use wagate_model::{ChatAddress, Contact, ContactId, Mode, Timestamp, WorkspaceId};

/// Cards with the opt-outs of their people, up to the conditions.
const SELECT: &str = "SELECT k.id, k.workspace_id, k.mode, k.address, k.name, k.labels, k.attributes, o.opted_out_at, \
    k.created_at, k.updated_at FROM contacts k \
    LEFT JOIN opt_outs o ON o.address = k.address AND o.workspace_id = k.workspace_id AND o.mode = k.mode \
    WHERE k.workspace_id = ? AND k.mode = ?";

const KEY: &str = "workspace_id, mode, address";
const COLUMNS: [&str; 10] = [
    "workspace_id",
    "mode",
    "address",
    "id",
    "name",
    "name_folded",
    "labels",
    "attributes",
    "created_at",
    "updated_at",
];

/// A card to be written, with its name as it is searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactRow {
    /// The card. Whether its person opted out is not written.
    pub contact: Contact,
    /// Its name without case and accents.
    pub name_folded: Option<String>,
}

/// Which contacts are wanted; what is not set does not filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactFilter {
    /// Only with this label.
    pub label: Option<String>,
    /// Only those who opted out, or only the others.
    pub is_opted_out: Option<bool>,
    /// Only with this in the folded name or in the address.
    pub search: Option<String>,
}

/// One contact of a workspace and mode.
pub async fn find(
    on: impl Into<On<'_>>,
    workspace_id: WorkspaceId,
    mode: Mode,
    id: ContactId,
) -> Result<Option<Contact>> {
    let statement = sql(SELECT).bind(workspace_id).bind(mode).and("AND k.id = ?").bind(id);
    statement.optional(on).await?.as_ref().map(read).transpose()
}

/// One contact, kept from being changed by others until the commit.
pub async fn lock(tx: &mut Tx, workspace_id: WorkspaceId, mode: Mode, id: ContactId) -> Result<Option<Contact>> {
    let words = tx.dialect().for_update();
    sql(format!("SELECT id FROM contacts WHERE id = ? AND workspace_id = ? AND mode = ? {words}"))
        .bind(id)
        .bind(workspace_id)
        .bind(mode)
        .optional(&mut *tx)
        .await?;
    find(tx, workspace_id, mode, id).await
}

/// The contacts with these addresses, in no order.
pub async fn find_by_addresses(
    on: impl Into<On<'_>>,
    workspace_id: WorkspaceId,
    mode: Mode,
    addresses: impl IntoIterator<Item = &ChatAddress>,
) -> Result<Vec<Contact>> {
    let Some(statement) = with_addresses((workspace_id, mode), addresses) else { return Ok(Vec::new()) };
    statement.all(on).await?.iter().map(read).collect()
}

/// The same, kept from being changed by others until the commit.
pub async fn lock_by_addresses(
    tx: &mut Tx,
    workspace_id: WorkspaceId,
    mode: Mode,
    addresses: impl IntoIterator<Item = &ChatAddress>,
) -> Result<Vec<Contact>> {
    let Some(statement) = with_addresses((workspace_id, mode), addresses) else { return Ok(Vec::new()) };
    let words = tx.dialect().for_update();
    statement.and(&format!("ORDER BY k.address {words}")).all(tx).await?.iter().map(read).collect()
}

fn with_addresses<'a>(
    (workspace_id, mode): (WorkspaceId, Mode),
    addresses: impl IntoIterator<Item = &'a ChatAddress>,
) -> Option<Statement> {
    let addresses = padded(addresses);
    let among = format!("AND k.address IN ({})", marks(addresses.len()));
    (!addresses.is_empty()).then(|| sql(SELECT).bind(workspace_id).bind(mode).and(&among).bind_all(addresses))
}

/// One page of contacts, newest first.
pub async fn list(
    on: impl Into<On<'_>>,
    workspace_id: WorkspaceId,
    mode: Mode,
    filter: &ContactFilter,
    page: &Page,
) -> Result<PageOf<Contact>> {
    let mut statement = sql(SELECT).bind(workspace_id).bind(mode);
    if let Some(label) = &filter.label {
        statement = statement.and("AND INSTR(k.labels, ?) > 0").bind(json(label)?);
    }
    if let Some(is_opted_out) = filter.is_opted_out {
        statement =
            statement.and(if is_opted_out { "AND o.opted_out_at IS NOT NULL" } else { "AND o.opted_out_at IS NULL" });
    }
    if let Some(search) = &filter.search {
        statement = statement
            .and("AND (INSTR(k.name_folded, ?) > 0 OR INSTR(k.address, ?) > 0)")
            .bind(search.as_str())
            .bind(search.as_str());
    }
    let rows = page.cut(statement, "k.id").all(on).await?;
    Ok(page.of(rows.iter().map(read).collect::<Result<_>>()?))
}

/// Adds cards; those that are there already stay as they are. In one order for everybody, so that two
/// transactions do not wait for each other.
pub async fn insert_missing(tx: &mut Tx, rows: Vec<ContactRow>) -> Result<()> {
    let suffix = tx.dialect().keep_existing("address");
    insert_many(tx, "contacts", &COLUMNS, &suffix, sorted(rows)?).await
}

/// Adds cards, and writes what is on those that are there already.
pub async fn put_many(tx: &mut Tx, rows: Vec<ContactRow>) -> Result<()> {
    let columns = ["name", "name_folded", "labels", "attributes", "updated_at"];
    let suffix = tx.dialect().replace_existing(KEY, &columns);
    insert_many(tx, "contacts", &COLUMNS, &suffix, sorted(rows)?).await
}

/// Deletes a card. Answers whether it was there.
pub async fn delete(tx: &mut Tx, workspace_id: WorkspaceId, mode: Mode, id: ContactId) -> Result<bool> {
    let count = sql("DELETE FROM contacts WHERE id = ? AND workspace_id = ? AND mode = ?")
        .bind(id)
        .bind(workspace_id)
        .bind(mode)
        .run(tx)
        .await?;
    Ok(count > 0)
}

/// A card with nothing on it but whose it is.
pub fn blank(
    id: ContactId,
    (workspace_id, mode, address): (WorkspaceId, Mode, ChatAddress),
    now: Timestamp,
) -> ContactRow {
    let contact = Contact {
        id,
        workspace_id,
        mode,
        address,
        name: None,
        labels: Vec::new(),
        attributes: std::collections::BTreeMap::new(),
        opted_out_at: None,
        created_at: now,
        updated_at: now,
    };
    ContactRow { contact, name_folded: None }
}

fn sorted(mut rows: Vec<ContactRow>) -> Result<Vec<Vec<Value>>> {
    fn key(row: &ContactRow) -> (WorkspaceId, &str, &ChatAddress) {
        (row.contact.workspace_id, row.contact.mode.as_str(), &row.contact.address)
    }
    rows.sort_by(|a, b| key(a).cmp(&key(b)));
    rows.dedup_by(|a, b| key(a) == key(b));
    rows.into_iter().map(values).collect()
}

fn values(ContactRow { contact, name_folded }: ContactRow) -> Result<Vec<Value>> {
    Ok(vec![
        contact.workspace_id.into_value(),
        contact.mode.into_value(),
        contact.address.into_value(),
        contact.id.into_value(),
        contact.name.into_value(),
        name_folded.into_value(),
        json(&contact.labels)?.into_value(),
        json(&contact.attributes)?.into_value(),
        contact.created_at.into_value(),
        contact.updated_at.into_value(),
    ])
}

fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::Unreadable { column: "labels".to_owned(), detail: error.to_string() })
}

fn read(row: &Row) -> Result<Contact> {
    Ok(Contact {
        id: row.word("id")?,
        workspace_id: row.word("workspace_id")?,
        mode: row.word("mode")?,
        address: row.word("address")?,
        name: row.opt_text("name")?,
        labels: row.json("labels")?,
        attributes: row.json("attributes")?,
        opted_out_at: row.opt_time("opted_out_at")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
