//! Where the bytes lie, once for each workspace.

use crate::{
    Database, Result, Tx,
    row::Row,
    sql::{On, marks, padded, sql},
};
use std::collections::HashSet;
use wagate_model::{Timestamp, WorkspaceId};

/// Bytes that were just stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewObject {
    /// SHA-256 of them in hex.
    pub sha256: String,
    /// Where they lie; no two objects ever have the same place, not even one after the other.
    pub location: String,
    /// Their length.
    pub size: u64,
}

/// Where the workspace's bytes with this SHA-256 lie.
pub async fn object(on: impl Into<On<'_>>, workspace_id: WorkspaceId, sha256: &str) -> Result<Option<String>> {
    sql("SELECT location FROM media_objects WHERE workspace_id = ? AND sha256 = ?")
        .bind(workspace_id)
        .bind(sha256)
        .optional(on)
        .await?
        .map(|row| row.text("location"))
        .transpose()
}

/// The same, and nobody forgets them before the commit.
pub async fn lock_object(tx: &mut Tx, workspace_id: WorkspaceId, sha256: &str) -> Result<Option<String>> {
    let text = format!(
        "SELECT location FROM media_objects WHERE workspace_id = ? AND sha256 = ? {}",
        tx.dialect().for_update()
    );
    sql(text).bind(workspace_id).bind(sha256).optional(tx).await?.map(|row| row.text("location")).transpose()
}

/// Notes where new bytes lie.
///
/// # Errors
///
/// `Duplicate` if somebody else noted the same bytes since [`lock_object`] looked.
pub async fn insert_object(tx: &mut Tx, workspace_id: WorkspaceId, object: &NewObject, now: Timestamp) -> Result<()> {
    sql("INSERT INTO media_objects (workspace_id, sha256, location, size, created_at) VALUES (?, ?, ?, ?, ?)")
        .bind(workspace_id)
        .bind(object.sha256.as_str())
        .bind(object.location.as_str())
        .bind(i64::try_from(object.size).unwrap_or(i64::MAX))
        .bind(now)
        .run(tx)
        .await
        .map(drop)
}

/// Forgets bytes that no file needs any more. Answers where they lay: whoever asked deletes them
/// after the commit.
pub async fn forget_object(tx: &mut Tx, workspace_id: WorkspaceId, sha256: &str) -> Result<Option<String>> {
    let Some(location) = lock_object(tx, workspace_id, sha256).await? else { return Ok(None) };
    let needed = sql("SELECT id FROM media WHERE workspace_id = ? AND sha256 = ? LIMIT 1")
        .bind(workspace_id)
        .bind(sha256)
        .optional(&mut *tx)
        .await?;
    if needed.is_some() {
        return Ok(None);
    }
    sql("DELETE FROM media_objects WHERE workspace_id = ? AND sha256 = ?")
        .bind(workspace_id)
        .bind(sha256)
        .run(tx)
        .await?;
    Ok(Some(location))
}

/// Those of the places that are known; what lies elsewhere is nobody's.
pub async fn known_locations_any_workspace(database: &Database, locations: &[String]) -> Result<HashSet<String>> {
    if locations.is_empty() {
        return Ok(HashSet::new());
    }
    let wanted = padded(locations.iter().map(String::as_str));
    let text = format!("SELECT location FROM media_objects WHERE location IN ({})", marks(wanted.len()));
    sql(text).bind_all(wanted).all(database).await?.iter().map(|row: &Row| row.text("location")).collect()
}
