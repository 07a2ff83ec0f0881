//! Stored bytes get their rows: from then on they are there.

use super::incoming::Stored;
use crate::{Engine, Result};
use object_store::{ObjectStoreExt as _, path::Path};
use wagate_model::{MediaState, WorkspaceId};
use wagate_store::{
    StoreError, Tx, in_transaction,
    media::{self, MediaRow, NewObject},
};

/// How often a commit is tried when somebody else stores the same bytes at the same time.
const TRIES: u32 = 3;

impl Engine {
    /// A place in the object store that nothing ever lay in.
    pub(crate) fn new_location(&self, workspace_id: WorkspaceId) -> String {
        let name: wagate_model::id::Ulid = self.ids.next();
        format!("{workspace_id}/{}", name.to_string().to_ascii_lowercase())
    }

    /// Commits a new file with its bytes.
    pub(crate) async fn keep_media(&self, stored: &Stored, mut row: MediaRow) -> Result<MediaRow> {
        fill(&mut row, stored);
        let mut tries = 0;
        let is_new = loop {
            tries += 1;
            let kept = in_transaction!(self.database, |tx| async {
                let is_new = hold_object(tx, stored, &row).await?;
                media::insert_many(tx, std::slice::from_ref(&row)).await?;
                Ok::<_, StoreError>(is_new)
            }
            .await);
            match kept {
                Err(StoreError::Duplicate(_)) if tries < TRIES => {}
                kept => break kept?,
            }
        };
        if !is_new {
            self.remove_object(&stored.location).await;
        }
        Ok(row)
    }

    /// Deletes bytes that no row names; if that fails the sweeper does it.
    pub(crate) async fn remove_object(&self, location: &str) {
        if let Err(error) = self.media.objects.delete(&Path::from(location)).await {
            tracing::warn!(%error, location, "bytes that nobody needs are left to the sweeper");
        }
    }
}

/// Sets what is known of a file once its bytes are here.
pub(crate) fn fill(row: &mut MediaRow, stored: &Stored) {
    row.media.state = MediaState::Ready;
    row.media.kind = stored.typed.kind;
    row.media.mime_type = Some(stored.typed.mime_type.to_owned());
    row.media.size = Some(stored.size);
    row.media.sha256 = Some(stored.sha256.clone());
    row.media.reason = None;
    row.media.reason_detail = None;
    row.source = None;
    row.due_at = None;
}

/// Makes sure that the workspace has the bytes until the commit and by it. Answers whether these
/// are the first of their kind; if not, they are not needed.
pub(crate) async fn hold_object(tx: &mut Tx, stored: &Stored, row: &MediaRow) -> std::result::Result<bool, StoreError> {
    let workspace_id = row.media.workspace_id;
    if let Some(there) = media::lock_object(tx, workspace_id, &stored.sha256).await? {
        return Ok(there == stored.location);
    }
    let object = NewObject { sha256: stored.sha256.clone(), location: stored.location.clone(), size: stored.size };
    media::insert_object(tx, workspace_id, &object, row.updated_at).await?;
    Ok(true)
}
