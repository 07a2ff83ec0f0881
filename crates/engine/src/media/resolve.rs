//! The file of a new message: found, taken, or noted to be fetched.

use super::incoming::Stored;
use super::upload::too_large;
use crate::{Engine, Error, Result, outbound::CustomerUrl};
use serde_json::json;
use wagate_model::{
    AccountId, Caller, Content, FieldError, Media, MediaId, MediaKind, MediaState, MessageMedia,
    content::{ContentKind, MediaSource},
};
use wagate_store::media::MediaRow;

/// The file of a new message.
#[derive(Debug)]
pub(crate) struct ResolvedMedia {
    /// What the message shows of it.
    pub(crate) shown: MessageMedia,
    /// Its row, if it is still to be fetched: it commits with the message.
    pub(crate) pending: Option<MediaRow>,
}

impl Engine {
    /// Finds the file of a message's content. Faults name the content's field. What was given as
    /// data is stored, and the content names it by its id afterwards.
    pub(crate) async fn resolve_media(
        &self,
        caller: &Caller,
        account_id: AccountId,
        content: Content,
    ) -> Result<(Content, Option<ResolvedMedia>)> {
        let Some((source, wanted)) = content.media().cloned().zip(MediaKind::of(content.kind())) else {
            return Ok((content, None));
        };
        let field = format!("{}/{}", content.kind(), source.field());
        let limit = self.media_limit(caller, wanted);
        match source {
            MediaSource::Id(id) => {
                let media = self.media_to_send(caller, &field, &id).await?;
                check_kind(&field, &media, content.kind(), wanted)?;
                if media.size.is_some_and(|size| size > limit) {
                    return Err(Error::invalid(too_large(&field, limit)));
                }
                Ok((content, Some(ResolvedMedia { shown: (&media).into(), pending: None })))
            }
            MediaSource::Link(link) => {
                let url = CustomerUrl::parse(&field, &link, self.outbound.policy()).map_err(Error::invalid)?;
                let mut row = self.new_media(caller, wanted);
                row.account_id = Some(account_id);
                row.source = Some(json!({ "link": url.as_str(), "limit": limit }));
                row.media.filename = content.filename().map(str::to_owned);
                Ok((content, Some(ResolvedMedia { shown: (&row.media).into(), pending: Some(row) })))
            }
            MediaSource::Data(text) => {
                let stored = self.store_base64(caller.workspace_id, &field, &text, limit).await?;
                if let Some(fault) = fault(&stored, content.kind(), wanted) {
                    self.remove_object(&stored.location).await;
                    return Err(Error::invalid(FieldError::new(field, "not_allowed", fault)));
                }
                let mut row = self.new_media(caller, stored.typed.kind);
                row.media.filename = content.filename().map(str::to_owned);
                let media = self.keep_media(&stored, row).await?.media;
                let content = content.with_media(MediaSource::Id(media.id.to_string()));
                Ok((content, Some(ResolvedMedia { shown: (&media).into(), pending: None })))
            }
        }
    }

    /// The most bytes of a file that a caller sends as something.
    pub(super) fn media_limit(&self, caller: &Caller, wanted: MediaKind) -> u64 {
        wanted.most_bytes().min(self.config.media_limit).min(caller.limits.media_bytes.into())
    }

    async fn media_to_send(&self, caller: &Caller, field: &str, id: &str) -> Result<Media> {
        let not_found =
            || Error::invalid(FieldError::new(field, "not_found", "There is no such file in this workspace and mode."));
        let id: MediaId = id.parse().map_err(|_no_id| not_found())?;
        let media = match self.known_media(caller, id).await {
            Err(Error::NotFound(_)) => return Err(not_found()),
            found => found?.media,
        };
        if media.state == MediaState::Ready {
            Ok(media)
        } else {
            Err(Error::invalid(FieldError::new(field, "not_allowed", "The file's bytes are not here.")))
        }
    }
}

fn check_kind(field: &str, media: &Media, kind: ContentKind, wanted: MediaKind) -> Result<()> {
    if media.kind.can_be_sent_as(wanted) {
        return Ok(());
    }
    let detail = mismatch(media.mime_type.as_deref().unwrap_or_default(), kind);
    Err(Error::invalid(FieldError::new(field, "not_allowed", detail)))
}

fn mismatch(mime_type: &str, kind: ContentKind) -> String {
    format!("The file is {mime_type}, which cannot be sent as `{kind}`.")
}

/// Why stored bytes cannot be sent as content of a kind.
pub(super) fn fault(stored: &Stored, kind: ContentKind, wanted: MediaKind) -> Option<String> {
    match stored.typed.fault {
        Some(fault) => Some(fault.to_owned()),
        None if stored.typed.kind.can_be_sent_as(wanted) => None,
        None => Some(mismatch(stored.typed.mime_type, kind)),
    }
}
