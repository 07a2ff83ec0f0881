//! Leases: which node may act for an account or an endpoint, and until when by the database's
//! clock (`account_leases`, `endpoint_leases`).

use crate::{
    Database, Result, Tx,
    dialect::insert_many as insert_rows,
    in_transaction,
    sql::{marks, padded, sql},
    value::IntoValue,
};
use std::time::Duration;
use wagate_model::{Timestamp, WorkspaceId};

/// What a lease is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Leased {
    /// An account's connection and lane.
    Account,
    /// An endpoint's deliveries.
    Endpoint,
}

impl Leased {
    const fn table(self) -> &'static str {
        match self {
            Self::Account => "account_leases",
            Self::Endpoint => "endpoint_leases",
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::Account => "account_id",
            Self::Endpoint => "endpoint_id",
        }
    }
}

/// Who asks for leases, and on what terms.
#[derive(Debug, Clone)]
pub struct Claimant {
    /// The node's name. What it held before it restarted it may take again at once: no two running
    /// nodes share a name.
    pub owner: String,
    /// How long a lease lasts.
    pub lease: Duration,
    /// How much longer a successor waits, since clocks differ.
    pub skew: Duration,
    /// Whether there can be no other node, so that any lease may be taken over at once.
    pub is_alone: bool,
}

/// Takes the leases that are free, expired or already the claimant's; answers the ids that it
/// got, with their new epochs. `subjects` are ids with their workspaces, at most 500.
pub async fn acquire(
    database: &Database,
    leased: Leased,
    claimant: &Claimant,
    subjects: &[(String, WorkspaceId)],
) -> Result<Vec<(String, i64)>> {
    if subjects.is_empty() {
        return Ok(Vec::new());
    }
    in_transaction!(database, |tx| take(tx, leased, claimant, subjects).await)
}

async fn take(
    tx: &mut Tx,
    leased: Leased,
    claimant: &Claimant,
    subjects: &[(String, WorkspaceId)],
) -> Result<Vec<(String, i64)>> {
    let (table, key) = (leased.table(), leased.key());
    let suffix = tx.dialect().keep_existing(key);
    let rows = subjects.iter().map(|(id, workspace_id)| {
        vec![id.as_str().into_value(), workspace_id.into_value(), 0_i64.into_value(), 0_i64.into_value()]
    });
    insert_rows(tx, table, &[key, "workspace_id", "epoch", "until"], &suffix, rows.collect()).await?;

    let now = tx.dialect().now_ms();
    let ids = marks(subjects.len());
    let skew = millis(claimant.skew);
    let free = format!(
        "SELECT {key} AS id, epoch FROM {table} WHERE {key} IN ({ids}) AND (? = 1 OR owner IS NULL OR owner = ? OR until + ? < {now}) {}",
        tx.dialect().for_update()
    );
    let names = subjects.iter().map(|(id, _)| id.as_str());
    let rows = sql(free)
        .bind_all(names)
        .bind(claimant.is_alone)
        .bind(claimant.owner.as_str())
        .bind(skew)
        .all(&mut *tx)
        .await?;
    let mut taken = Vec::with_capacity(rows.len());
    for row in &rows {
        taken.push((row.text("id")?, row.int("epoch")? + 1));
    }
    if !taken.is_empty() {
        let update = format!(
            "UPDATE {table} SET owner = ?, epoch = epoch + 1, until = {now} + ? WHERE {key} IN ({})",
            marks(taken.len())
        );
        let statement = sql(update).bind(claimant.owner.as_str()).bind(millis(claimant.lease));
        statement.bind_all(taken.iter().map(|(id, _)| id.as_str())).run(tx).await?;
    }
    Ok(taken)
}

/// Prolongs all leases that a node still holds; answers how many those are.
pub async fn renew(database: &Database, leased: Leased, claimant: &Claimant) -> Result<u64> {
    let table = leased.table();
    in_transaction!(database, |tx| {
        let now = tx.dialect().now_ms();
        // MySQL counts only rows that change: the end of a lease always does.
        let text = format!("UPDATE {table} SET until = {now} + ? WHERE owner = ? AND until > {now}");
        sql(text).bind(millis(claimant.lease)).bind(claimant.owner.as_str()).run(tx).await
    })
}

/// The ids whose leases a node holds, with their epochs.
pub async fn held(database: &Database, leased: Leased, owner: &str) -> Result<Vec<(String, i64)>> {
    let text = format!(
        "SELECT {} AS id, epoch FROM {} WHERE owner = ? AND until > {}",
        leased.key(),
        leased.table(),
        database.dialect().now_ms()
    );
    sql(text).bind(owner).all(database).await?.iter().map(|row| Ok((row.text("id")?, row.int("epoch")?))).collect()
}

/// Gives leases up, so that another node can have them at once; all of the owner's if `ids` is
/// `None`.
pub async fn release(database: &Database, leased: Leased, owner: &str, ids: Option<&[String]>) -> Result<()> {
    let (table, key) = (leased.table(), leased.key());
    in_transaction!(database, |tx| {
        let mut statement = sql(format!("UPDATE {table} SET owner = NULL, until = 0 WHERE owner = ?")).bind(owner);
        if let Some(ids) = ids {
            statement =
                statement.and(&format!("AND {key} IN ({})", marks(ids.len()))).bind_all(ids.iter().map(String::as_str));
        }
        statement.run(tx).await.map(drop)
    })
}

/// Gives up the leases of endpoints that were deleted before a time, whoever holds them: nobody
/// delivers to those any more. Answers how many.
pub async fn release_deleted_endpoints_any_workspace(database: &Database, before: Timestamp) -> Result<u64> {
    in_transaction!(database, |tx| {
        let text = "UPDATE endpoint_leases SET owner = NULL, until = 0 WHERE owner IS NOT NULL AND endpoint_id IN \
                    (SELECT id FROM webhook_configs WHERE deleted_at < ?)";
        sql(text).bind(before).run(tx).await
    })
}

/// Which of these accounts the node holds with these epochs, checked inside the transaction that
/// acts on it: the rows cannot change before its commit. An account may be asked for with several
/// epochs; at most one of them is answered.
pub async fn check(tx: &mut Tx, owner: &str, accounts: &[(String, i64)]) -> Result<Vec<(String, i64)>> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let ids = padded(accounts.iter().map(|(id, _)| id.as_str()));
    let text = format!(
        "SELECT account_id, epoch FROM account_leases WHERE owner = ? AND account_id IN ({}) ORDER BY account_id {}",
        marks(ids.len()),
        tx.dialect().for_share()
    );
    let rows = sql(text).bind(owner).bind_all(ids).all(tx).await?;
    let mut valid = Vec::with_capacity(rows.len());
    for row in &rows {
        let held = (row.text("account_id")?, row.int("epoch")?);
        if accounts.contains(&held) {
            valid.push(held);
        }
    }
    Ok(valid)
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
