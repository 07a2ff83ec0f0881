//! `nodes`: the processes that run lanes. They belong to no tenant.

use crate::{
    Result, Tx,
    row::Row,
    sql::{On, sql},
};
use wagate_model::Timestamp;

/// One process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its name in leases.
    pub id: String,
    /// The program's version.
    pub version: String,
    /// When it started.
    pub started_at: Timestamp,
    /// When it was last heard of.
    pub seen_at: Timestamp,
}

/// Adds a node, or replaces what an earlier run with the same name left.
pub async fn put(tx: &mut Tx, node: &Node) -> Result<()> {
    let suffix = tx.dialect().replace_existing("id", &["version", "started_at", "seen_at"]);
    sql(format!("INSERT INTO nodes (id, version, started_at, seen_at) VALUES (?, ?, ?, ?) {suffix}"))
        .bind(node.id.as_str())
        .bind(node.version.as_str())
        .bind(node.started_at)
        .bind(node.seen_at)
        .run(tx)
        .await
        .map(drop)
}

/// Says that a node is alive. Answers whether it is known.
pub async fn seen(tx: &mut Tx, id: &str, at: Timestamp) -> Result<bool> {
    Ok(sql("UPDATE nodes SET seen_at = ? WHERE id = ?").bind(at).bind(id).run(tx).await? > 0)
}

/// Removes a node that stopped.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<()> {
    sql("DELETE FROM nodes WHERE id = ?").bind(id).run(tx).await.map(drop)
}

/// All nodes, by name.
pub async fn all(on: impl Into<On<'_>>) -> Result<Vec<Node>> {
    let rows = sql("SELECT id, version, started_at, seen_at FROM nodes ORDER BY id").all(on).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Node> {
    Ok(Node {
        id: row.text("id")?,
        version: row.text("version")?,
        started_at: row.time("started_at")?,
        seen_at: row.time("seen_at")?,
    })
}
