//! A caller reads a file: what is known of it, and its bytes.

use super::upload::unavailable;
use crate::{Engine, Error, Result, error::require};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream::BoxStream};
use object_store::{GetOptions, GetRange, path::Path};
use std::ops::Range;
use wagate_model::{Caller, Media, MediaId, MediaState, Scope};
use wagate_store::media::{self, MediaRow};

/// The bytes of a file, as far as they were asked for.
pub struct MediaContent {
    /// The bytes, as they come out of the object store.
    pub bytes: BoxStream<'static, std::io::Result<Bytes>>,
}

impl Engine {
    /// What is known of a file. Needs `messages:read`.
    pub async fn media(&self, caller: &Caller, id: MediaId) -> Result<Media> {
        require(caller, Scope::MessagesRead)?;
        Ok(self.known_media(caller, id).await?.media)
    }

    /// A file whose bytes are here. Needs `messages:read`.
    pub async fn media_with_bytes(&self, caller: &Caller, id: MediaId) -> Result<Media> {
        let media = self.media(caller, id).await?;
        match media.state {
            MediaState::Ready => Ok(media),
            MediaState::Pending => {
                Err(Error::conflict("media_not_ready", "The file is still to be fetched; ask again a little later."))
            }
            MediaState::Failed => Err(Error::conflict("media_failed", "The file could not be fetched.")),
        }
    }

    /// The bytes of a file that is ready; of all of it, or of a part.
    pub async fn media_content(&self, media: &Media, range: Option<Range<u64>>) -> Result<MediaContent> {
        let sha256 = media.sha256.as_deref().unwrap_or_default();
        let location = media::object(&self.database, media.workspace_id, sha256).await?;
        let location = location.ok_or(Error::NotFound("media"))?;
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        let found = self.media.objects.get_opts(&Path::from(location), options).await.map_err(unavailable)?;
        let bytes = found.into_stream().map(|piece| piece.map_err(std::io::Error::other)).boxed();
        Ok(MediaContent { bytes })
    }

    /// A file that the caller may know of.
    pub(crate) async fn known_media(&self, caller: &Caller, id: MediaId) -> Result<MediaRow> {
        let row = media::find(&self.database, caller.workspace_id, caller.mode, id).await?;
        row.filter(|row| row.account_id.is_none_or(|account| caller.may_use(account))).ok_or(Error::NotFound("media"))
    }
}
