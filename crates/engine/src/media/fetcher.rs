//! The files of incoming messages are fetched in the background: the message is there at once, its
//! file when it is. What is to be fetched are rows, so a crash only delays it.

use super::{
    incoming::{Incoming, NotStored, Stored},
    keep::{fill, hold_object},
    link::storage,
    outgoing::fail,
};
use crate::{Engine, Result, events};
use serde_json::Value;
use std::{collections::HashSet, time::Duration};
use tokio::task::JoinSet;
use wagate_model::{
    Event, Media, MediaId, MediaKind, MediaState, MessageMedia, Reason,
    provider::{FetchedMedia, MediaReader, SendFailure},
    reason::Policy,
};
use wagate_store::{
    StoreError, in_transaction,
    media::{self, MediaRow},
    messages,
};

/// How often it is looked for files that are due.
const EVERY: Duration = Duration::from_millis(500);
const AT_ONCE: usize = 32;
const READ_AT_ONCE: u32 = 64;
/// How often a file is tried, and the first pause; each next one is three times as long.
const TRIES: u32 = 6;
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// How long the next bytes may take.
const PROGRESS: Duration = Duration::from_secs(30);

/// The bytes that were asked for.
enum Got {
    New(Stored),
    /// They are here already, as those of another file.
    Same(Box<Media>),
}

/// Fetches until the gateway stops.
pub(crate) async fn run(engine: Engine) {
    let mut fetches = JoinSet::new();
    let mut under_way = HashSet::new();
    while engine.stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some() {
        while let Some(ended) = fetches.try_join_next() {
            match ended {
                Ok(id) => drop(under_way.remove(&id)),
                // Which one it was is not known; what is still due is looked at again.
                Err(_panicked) => under_way.clear(),
            }
        }
        let due = media::due_any_workspace(&engine.database, &engine.config.node, engine.clock.now(), READ_AT_ONCE);
        let due = match due.await {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(%error, "files that are to be fetched could not be looked for");
                continue;
            }
        };
        for row in due {
            if fetches.len() < AT_ONCE && under_way.insert(row.media.id) {
                fetches.spawn(one(engine.clone(), row));
            }
        }
    }
}

async fn one(engine: Engine, row: MediaRow) -> MediaId {
    let id = row.media.id;
    let Some(got) = engine.stop.run_until_cancelled(engine.fetch_incoming(&row)).await else { return id };
    if let Err(error) = engine.note_incoming(row, got).await {
        tracing::warn!(%error, media_id = %id, "what came of fetching a file could not be stored; it is fetched again");
    }
    id
}

impl Engine {
    async fn fetch_incoming(&self, row: &MediaRow) -> std::result::Result<Got, SendFailure> {
        let session = row.account_id.and_then(|account| self.sessions.connected(account));
        let Some(session) = session else {
            return Err(SendFailure::new(Reason::ProviderUnavailable, "the account is not connected"));
        };
        let limit = MediaKind::Document.most_bytes().min(self.config.media_limit);
        match session.fetch_media(row.source.as_ref().unwrap_or(&Value::Null)).await? {
            FetchedMedia::Bytes(reader) => self.store_reader(row, reader, limit).await.map(Got::New),
            FetchedMedia::Link(link) => self.fetch_link(row.media.workspace_id, &link, limit).await.map(Got::New),
            FetchedMedia::Stored(id) => {
                let found = media::find(&self.database, row.media.workspace_id, row.media.mode, id).await;
                let found = found.map_err(|error| SendFailure::new(Reason::Internal, error.to_string()))?;
                let found = found.filter(|found| found.media.state == MediaState::Ready);
                let gone = || SendFailure::new(Reason::MediaUnavailable, "the file is not there any more");
                found.map(|found| Got::Same(Box::new(found.media))).ok_or_else(gone)
            }
        }
    }

    async fn store_reader(
        &self,
        row: &MediaRow,
        mut reader: Box<dyn MediaReader>,
        limit: u64,
    ) -> std::result::Result<Stored, SendFailure> {
        let mut incoming = Incoming::begin(&self.media, self.new_location(row.media.workspace_id), limit);
        let late = || SendFailure::new(Reason::ProviderUnavailable, "the file did not go on arriving");
        while let Some(piece) = tokio::time::timeout(PROGRESS, reader.next()).await.map_err(|_elapsed| late())?? {
            incoming.write(piece.into()).await.map_err(|error| match error {
                NotStored::TooLarge(limit) => {
                    SendFailure::new(Reason::MediaTooLarge, format!("at most {limit} bytes are taken"))
                }
                error @ NotStored::Storage(_) => storage(&error),
            })?;
        }
        incoming.finish().await.map_err(|error| storage(&error))
    }

    /// Commits what came of a try, with the event once it is decided.
    async fn note_incoming(&self, row: MediaRow, got: std::result::Result<Got, SendFailure>) -> Result<()> {
        let (id, message_id) = (row.media.id, row.media.message_id);
        let (is_needed, to_ring) = in_transaction!(self.database, |tx| async {
            let ids: Vec<_> = message_id.into_iter().collect();
            let mut stored = messages::lock_many_any_workspace(tx, &ids).await?;
            let there = media::lock(tx, row.media.workspace_id, id).await?;
            let Some(mut row) = there.filter(|row| row.media.state == MediaState::Pending) else {
                return Ok((false, Vec::new()));
            };
            row.updated_at = self.clock.now();
            let is_needed = match &got {
                Ok(Got::New(bytes)) => {
                    fill(&mut row, bytes);
                    hold_object(tx, bytes, &row).await?
                }
                Ok(Got::Same(media)) => {
                    same(&mut row, media);
                    let sha256 = media.sha256.as_deref().unwrap_or_default();
                    if media::lock_object(tx, media.workspace_id, sha256).await?.is_none() {
                        fail(&mut row, &SendFailure::new(Reason::MediaUnavailable, "the file was deleted"));
                    }
                    true
                }
                Err(failure) => {
                    miss(&mut row, failure);
                    true
                }
            };
            media::save(tx, &row).await?;
            if row.media.state == MediaState::Pending {
                return Ok((is_needed, Vec::new()));
            }
            for stored in &mut stored {
                stored.message.media = Some(MessageMedia::from(&row.media));
                stored.message.updated_at = row.updated_at.max(stored.message.updated_at);
            }
            messages::save_many(tx, &stored).await?;
            let news: Vec<_> = stored.into_iter().map(|stored| event(&row, stored.message)).collect();
            // Last, since it locks the sequence of events.
            let to_ring = events::append(tx, self, row.media.workspace_id, row.media.mode, &news).await?;
            Ok::<_, StoreError>((is_needed, to_ring))
        }
        .await)?;
        if let (Ok(Got::New(bytes)), false) = (&got, is_needed) {
            self.remove_object(&bytes.location).await;
        }
        self.bells.courier.ring(to_ring);
        self.bells.tell_of_messages(message_id);
        Ok(())
    }
}

fn event(row: &MediaRow, message: wagate_model::Message) -> Event {
    match row.media.state {
        MediaState::Failed => Event::MessageMediaFailed(Box::new(message)),
        MediaState::Ready | MediaState::Pending => Event::MessageMediaReady(Box::new(message)),
    }
}

fn same(row: &mut MediaRow, media: &Media) {
    row.media.state = MediaState::Ready;
    row.media.kind = media.kind;
    row.media.mime_type.clone_from(&media.mime_type);
    row.media.size = media.size;
    row.media.sha256.clone_from(&media.sha256);
    row.source = None;
    row.due_at = None;
}

/// A try failed: there is another one, unless the reason or the number of tries forbids it. That an
/// account is not connected counts for nothing.
fn miss(row: &mut MediaRow, failure: &SendFailure) {
    row.media.reason_detail = Some(failure.detail.clone());
    if failure.reason == Reason::ProviderUnavailable {
        row.due_at = Some(row.updated_at.plus(FIRST_PAUSE));
        return;
    }
    row.attempts += 1;
    if failure.reason.policy() == Policy::Final || row.attempts >= TRIES {
        fail(row, failure);
    } else {
        row.due_at = Some(row.updated_at.plus(FIRST_PAUSE * 3_u32.pow(row.attempts - 1)));
    }
}
