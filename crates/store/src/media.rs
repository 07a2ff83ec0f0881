//! Files that go with messages: `media` (one row for each id), `message_media` (which messages use
//! which), and `media_objects` (where the bytes lie, once for each workspace).
//!
//! A row that is `ready` always has its `media_objects` row: both are written under the lock of the
//! latter, and that one goes with the last row that needs it. Bytes without such a row are nobody's.

mod objects;
mod row;
mod uses;

pub use objects::{NewObject, forget_object, insert_object, known_locations_any_workspace, lock_object, object};
pub use row::MediaRow;
pub use uses::{delete_uses, hold_ready_any_workspace, insert_uses, is_in_use, is_used};

use crate::{
    Database, Result, Tx,
    dialect::{insert_many as insert_rows, update_many},
    sql::{On, sql},
};
use row::{COLUMNS, INSERTED, SAVED};
use wagate_model::{MediaId, Mode, Timestamp, WorkspaceId};

/// Adds files.
pub async fn insert_many(tx: &mut Tx, rows: &[MediaRow]) -> Result<()> {
    insert_rows(tx, "media", &INSERTED, "", rows.iter().map(row::inserted).collect()).await
}

/// One file of a workspace and mode.
pub async fn find(
    on: impl Into<On<'_>>,
    workspace_id: WorkspaceId,
    mode: Mode,
    id: MediaId,
) -> Result<Option<MediaRow>> {
    sql(format!("SELECT {COLUMNS} FROM media WHERE id = ? AND workspace_id = ? AND mode = ?"))
        .bind(id)
        .bind(workspace_id)
        .bind(mode)
        .optional(on)
        .await?
        .map(|row| MediaRow::read(&row))
        .transpose()
}

/// The same, kept from being changed by others until the commit.
pub async fn lock(tx: &mut Tx, workspace_id: WorkspaceId, id: MediaId) -> Result<Option<MediaRow>> {
    let text = format!("SELECT {COLUMNS} FROM media WHERE id = ? AND workspace_id = ? {}", tx.dialect().for_update());
    sql(text).bind(id).bind(workspace_id).optional(tx).await?.map(|row| MediaRow::read(&row)).transpose()
}

/// Writes what changes in a file's life.
pub async fn save(tx: &mut Tx, row: &MediaRow) -> Result<()> {
    update_many(tx, "media", "id", &SAVED, vec![row::saved(row)]).await
}

/// Pending files of incoming messages that are due, of the accounts that `owner` holds.
pub async fn due_any_workspace(database: &Database, owner: &str, now: Timestamp, limit: u32) -> Result<Vec<MediaRow>> {
    let columns: Vec<_> = COLUMNS.split(", ").map(|column| format!("m.{column}")).collect();
    let text = format!(
        "SELECT {} FROM media m JOIN account_leases l ON l.account_id = m.account_id \
         WHERE m.due_at <= ? AND l.owner = ? ORDER BY m.due_at, m.id",
        columns.join(", ")
    );
    sql(text).bind(now).bind(owner).limit(limit).all(database).await?.iter().map(MediaRow::read).collect()
}

/// Removes a file's row with its uses. Its object stays; see [`forget_object`].
pub async fn delete(tx: &mut Tx, workspace_id: WorkspaceId, id: MediaId) -> Result<()> {
    sql("DELETE FROM message_media WHERE media_id = ? AND workspace_id = ?")
        .bind(id)
        .bind(workspace_id)
        .run(tx)
        .await?;
    sql("DELETE FROM media WHERE id = ? AND workspace_id = ?").bind(id).bind(workspace_id).run(tx).await.map(drop)
}
