//! A caller deletes a file.

use crate::{Engine, Error, Result, audit, error::require};
use serde_json::json;
use wagate_model::{Caller, MediaId, MediaState, Scope};
use wagate_store::{StoreError, in_transaction, media};

impl Engine {
    /// Deletes a file. Messages that went keep its id. Needs `messages:send`; a suspended workspace
    /// may do it too, since it only takes away.
    ///
    /// # Errors
    ///
    /// `Conflict` with `media_in_use` while a message that is still to be sent uses it, or while it
    /// is being fetched.
    pub async fn delete_media(&self, caller: &Caller, id: MediaId) -> Result<()> {
        require(caller, Scope::MessagesSend)?;
        self.known_media(caller, id).await?;
        let in_use = || Error::conflict("media_in_use", "A message that is still to be sent needs the file.");
        let (is_deleted, location) = in_transaction!(self.database, |tx| async {
            let Some(row) = media::lock(tx, caller.workspace_id, id).await? else { return Ok((true, None)) };
            if row.media.state == MediaState::Pending || media::is_in_use(tx, caller.workspace_id, id).await? {
                return Ok((false, None));
            }
            media::delete(tx, caller.workspace_id, id).await?;
            audit::record(tx, self, caller, "media.deleted", id, json!({})).await?;
            let location = match &row.media.sha256 {
                Some(sha256) => media::forget_object(tx, caller.workspace_id, sha256).await?,
                None => None,
            };
            Ok::<_, StoreError>((true, location))
        }
        .await)?;
        if let Some(location) = location {
            self.remove_object(&location).await;
        }
        if is_deleted { Ok(()) } else { Err(in_use()) }
    }
}
