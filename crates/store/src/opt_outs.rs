//! `opt_outs`: people who want no more messages, whether they have a contact's card or not.

use crate::{
    Result, Tx,
    sql::{On, marks, padded, sql},
};
use std::collections::{HashMap, HashSet};
use wagate_model::{ChatAddress, Mode, Timestamp, WorkspaceId};

/// That somebody wants no more messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OptOut {
    /// Since when.
    pub opted_out_at: Timestamp,
    /// When they last wrote since.
    pub wrote_at: Option<Timestamp>,
}

/// Whose word it is: a person, for one half of one workspace.
pub type Person = (WorkspaceId, Mode, ChatAddress);

/// Who of these people opted out; in one statement for batches of several workspaces.
pub async fn find_many_any_workspace<'a>(
    on: impl Into<On<'_>>,
    people: impl IntoIterator<Item = (WorkspaceId, Mode, &'a ChatAddress)>,
) -> Result<HashMap<Person, OptOut>> {
    let wanted: HashSet<_> = people.into_iter().filter(|(.., address)| address.is_person()).collect();
    let mut addresses: Vec<_> = wanted.iter().map(|(.., address)| *address).collect();
    if addresses.is_empty() {
        return Ok(HashMap::new());
    }
    addresses.sort_unstable();
    addresses.dedup();
    let addresses = padded(addresses);
    let text = format!(
        "SELECT address, workspace_id, mode, opted_out_at, wrote_at FROM opt_outs WHERE address IN ({})",
        marks(addresses.len())
    );
    let rows = sql(text).bind_all(addresses).all(on).await?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in &rows {
        let (workspace_id, mode, address) = (row.word("workspace_id")?, row.word("mode")?, row.word("address")?);
        if wanted.contains(&(workspace_id, mode, &address)) {
            let opt_out = OptOut { opted_out_at: row.time("opted_out_at")?, wrote_at: row.opt_time("wrote_at")? };
            found.insert((workspace_id, mode, address), opt_out);
        }
    }
    Ok(found)
}

/// Takes somebody's word that they want no more messages. Who said so before has said so.
pub async fn insert(tx: &mut Tx, (workspace_id, mode, address): &Person, at: Timestamp) -> Result<()> {
    let suffix = tx.dialect().keep_existing("address");
    sql(format!("INSERT INTO opt_outs (address, workspace_id, mode, opted_out_at) VALUES (?, ?, ?, ?) {suffix}"))
        .bind(address)
        .bind(*workspace_id)
        .bind(*mode)
        .bind(at)
        .run(tx)
        .await
        .map(drop)
}

/// Somebody wants messages again.
pub async fn delete(tx: &mut Tx, (workspace_id, mode, address): &Person) -> Result<()> {
    sql("DELETE FROM opt_outs WHERE address = ? AND workspace_id = ? AND mode = ?")
        .bind(address)
        .bind(*workspace_id)
        .bind(*mode)
        .run(tx)
        .await
        .map(drop)
}

/// Notes that somebody who opted out wrote, so that they can be answered.
pub async fn note_writing(tx: &mut Tx, (workspace_id, mode, address): &Person, at: Timestamp) -> Result<()> {
    sql("UPDATE opt_outs SET wrote_at = ? WHERE address = ? AND workspace_id = ? AND mode = ?")
        .bind(at)
        .bind(address)
        .bind(*workspace_id)
        .bind(*mode)
        .run(tx)
        .await
        .map(drop)
}
