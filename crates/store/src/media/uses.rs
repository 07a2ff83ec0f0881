//! Which messages use which files.

use crate::{
    Result, Tx,
    dialect::insert_many as insert_rows,
    sql::{marks, padded, sql},
    value::IntoValue as _,
};
use std::collections::HashSet;
use wagate_model::{MediaId, MessageId, WorkspaceId};

/// Notes that messages use files.
pub async fn insert_uses(tx: &mut Tx, uses: &[(WorkspaceId, MessageId, MediaId)]) -> Result<()> {
    let rows = uses.iter().map(|(workspace_id, message_id, media_id)| {
        vec![message_id.into_value(), media_id.into_value(), workspace_id.into_value()]
    });
    insert_rows(tx, "message_media", &["message_id", "media_id", "workspace_id"], "", rows.collect()).await
}

/// Those of the files that are there and ready. They cannot be deleted before the commit.
pub async fn hold_ready_any_workspace(tx: &mut Tx, ids: &[MediaId]) -> Result<HashSet<MediaId>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let ids = padded(ids);
    let text = format!(
        "SELECT id FROM media WHERE id IN ({}) AND state = 'ready' ORDER BY id {}",
        marks(ids.len()),
        tx.dialect().for_share()
    );
    sql(text).bind_all(ids).all(tx).await?.iter().map(|row| row.word("id")).collect()
}

/// Takes away that these messages use files. Answers which ones they used.
pub async fn delete_uses(tx: &mut Tx, workspace_id: WorkspaceId, of: &[MessageId]) -> Result<Vec<MediaId>> {
    if of.is_empty() {
        return Ok(Vec::new());
    }
    let ids = padded(of.iter().copied());
    let which = format!("FROM message_media WHERE message_id IN ({}) AND workspace_id = ?", marks(ids.len()));
    let found = sql(format!("SELECT DISTINCT media_id AS id {which} ORDER BY media_id"))
        .bind_all(ids.iter().copied())
        .bind(workspace_id)
        .all(&mut *tx)
        .await?;
    sql(format!("DELETE {which}")).bind_all(ids).bind(workspace_id).run(tx).await?;
    found.iter().map(|row| row.word("id")).collect()
}

/// Whether any message uses the file, whatever became of it.
pub async fn is_used(tx: &mut Tx, workspace_id: WorkspaceId, id: MediaId) -> Result<bool> {
    let text = "SELECT message_id FROM message_media WHERE media_id = ? AND workspace_id = ? LIMIT 1";
    Ok(sql(text).bind(id).bind(workspace_id).optional(tx).await?.is_some())
}

/// Whether a message that is still to be sent uses the file.
pub async fn is_in_use(tx: &mut Tx, workspace_id: WorkspaceId, id: MediaId) -> Result<bool> {
    let text = "SELECT m.id FROM message_media u JOIN message_logs m ON m.id = u.message_id \
                WHERE u.media_id = ? AND u.workspace_id = ? AND m.status IN ('scheduled', 'queued', 'sending') LIMIT 1";
    Ok(sql(text).bind(id).bind(workspace_id).optional(tx).await?.is_some())
}
