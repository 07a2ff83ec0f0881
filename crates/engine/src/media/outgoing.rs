//! The file of a message that is about to be sent: fetched before the attempt begins, and read by
//! the provider as it sends.

use super::{
    incoming::Stored,
    keep::{fill, hold_object},
    resolve::fault,
};
use crate::{Engine, Result};
use async_trait::async_trait;
use futures_util::{StreamExt as _, stream::BoxStream};
use std::sync::Arc;
use wagate_model::{
    Media, MediaKind, MediaState, Message, MessageMedia, Reason,
    provider::{MediaBytes, MediaReader, OutboundMedia, SendFailure},
    reason::Policy,
};
use wagate_store::{
    StoreError, in_transaction,
    media::{self, MediaRow},
    messages,
};

impl Engine {
    /// Fetches the file of a message that has a link. Nothing is in flight while this goes on: a
    /// crash leaves the message queued, and the next lane fetches again. `Err` is what its attempt
    /// will have come to.
    pub(crate) async fn fetch_outgoing(&self, message: &Message) -> std::result::Result<(), SendFailure> {
        let Some(shown) = message.media.as_ref().filter(|shown| shown.state == MediaState::Pending) else {
            return Ok(());
        };
        let away = |_| SendFailure::new(Reason::Internal, "the database is not available");
        let row = media::find(&self.database, message.workspace_id, message.mode, shown.id).await.map_err(away)?;
        let Some((row, source)) = row.and_then(|row| row.source.clone().map(|source| (row, source))) else {
            return Err(SendFailure::new(Reason::MediaUnavailable, "the file is not there any more"));
        };
        let link = source["link"].as_str().unwrap_or_default();
        let wanted = MediaKind::of(message.content.kind()).unwrap_or(MediaKind::Document);
        let limit = source["limit"].as_u64().unwrap_or(wanted.most_bytes());
        let fetched = match self.fetch_link(message.workspace_id, link, limit).await {
            Ok(stored) => match fault(&stored, message.content.kind(), wanted) {
                None => Ok(stored),
                Some(fault) => {
                    self.remove_object(&stored.location).await;
                    Err(SendFailure::new(Reason::ContentInvalid, fault))
                }
            },
            missed => missed,
        };
        let is_final = |failure: &SendFailure| failure.reason.policy() == Policy::Final;
        if fetched.is_ok() || fetched.as_ref().is_err_and(is_final) {
            self.note_outgoing(message, row, &fetched).await.map_err(|error| {
                tracing::warn!(%error, "a fetched file could not be noted");
                SendFailure::new(Reason::Internal, "the database is not available")
            })?;
        }
        fetched.map(drop)
    }

    /// Commits what came of a fetch, in the file's row and in its message.
    async fn note_outgoing(
        &self,
        message: &Message,
        row: MediaRow,
        fetched: &std::result::Result<Stored, SendFailure>,
    ) -> Result<()> {
        let now = self.clock.now();
        let is_new = in_transaction!(self.database, |tx| async {
            let mut stored = messages::lock_many_any_workspace(tx, &[message.id]).await?;
            let mut row = row.clone();
            row.updated_at = now;
            let is_new = match fetched {
                Ok(bytes) => {
                    fill(&mut row, bytes);
                    hold_object(tx, bytes, &row).await?
                }
                Err(failure) => {
                    fail(&mut row, failure);
                    true
                }
            };
            media::save(tx, &row).await?;
            for stored in &mut stored {
                stored.message.media = Some(MessageMedia::from(&row.media));
            }
            messages::save_many(tx, &stored).await?;
            Ok::<_, StoreError>(is_new)
        }
        .await)?;
        if let (Ok(bytes), false) = (fetched, is_new) {
            self.remove_object(&bytes.location).await;
        }
        Ok(())
    }

    /// What a provider is given of a message's file.
    pub(crate) fn outbound_media(&self, message: &Message) -> Option<OutboundMedia> {
        let shown = message.media.as_ref().filter(|shown| shown.state == MediaState::Ready)?;
        let (mime_type, size, sha256) = (shown.mime_type.clone()?, shown.size?, shown.sha256.clone()?);
        let media = Media {
            id: shown.id,
            workspace_id: message.workspace_id,
            mode: message.mode,
            state: MediaState::Ready,
            kind: MediaKind::Document,
            mime_type: Some(mime_type.clone()),
            size: Some(size),
            sha256: Some(sha256.clone()),
            filename: None,
            message_id: Some(message.id),
            reason: None,
            reason_detail: None,
            created_at: message.created_at,
        };
        let bytes = Arc::new(Kept { engine: self.clone(), media });
        Some(OutboundMedia { id: shown.id, mime_type, size, sha256, bytes })
    }
}

/// Sets why a file's bytes are not here.
pub(super) fn fail(row: &mut MediaRow, failure: &SendFailure) {
    row.media.state = MediaState::Failed;
    row.media.reason = Some(failure.reason);
    row.media.reason_detail = Some(failure.detail.clone());
    row.source = None;
    row.due_at = None;
}

/// The bytes of a file in our storage.
struct Kept {
    engine: Engine,
    media: Media,
}

#[async_trait]
impl MediaBytes for Kept {
    async fn open(&self) -> std::result::Result<Box<dyn MediaReader>, SendFailure> {
        match self.engine.media_content(&self.media, None).await {
            Ok(content) => Ok(Box::new(Pieces(content.bytes))),
            Err(crate::Error::NotFound(_)) => {
                Err(SendFailure::new(Reason::MediaUnavailable, "the file is not there any more"))
            }
            Err(error) => Err(unreadable(&error)),
        }
    }
}

struct Pieces(BoxStream<'static, std::io::Result<bytes::Bytes>>);

#[async_trait]
impl MediaReader for Pieces {
    async fn next(&mut self) -> std::result::Result<Option<Vec<u8>>, SendFailure> {
        let piece = self.0.next().await.transpose().map_err(|error| unreadable(&error))?;
        Ok(piece.map(Vec::from))
    }
}

fn unreadable(error: &dyn std::error::Error) -> SendFailure {
    tracing::warn!(error = %error, "a file could not be read");
    SendFailure::new(Reason::Internal, "the storage of files is not available")
}
