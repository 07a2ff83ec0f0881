//! A caller hands in a file: first its bytes as they come, then the row.

use super::incoming::{Incoming, NotStored, Stored};
use crate::{
    Engine, Error, Result,
    error::{require, require_active},
};
use wagate_model::{Caller, FieldError, Media, MediaKind, MediaState, Scope};
use wagate_store::media::MediaRow;

/// The name of a file without any path or character that could mislead: what is left of the text
/// that was given, if anything is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName(String);

/// The most bytes of a name: what file systems take.
const LONGEST_NAME: usize = 255;

impl FileName {
    /// Takes what can be a name out of a text. `None` if that is nothing.
    pub fn from_text(text: &str) -> Option<Self> {
        let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
        let is_harmless = |c: char| {
            !c.is_control()
                && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
                && !matches!(c, '"' | '<' | '>' | '|' | ':' | '*' | '?')
        };
        let mut name: String = last.chars().filter(|c| is_harmless(*c)).collect();
        while name.len() > LONGEST_NAME {
            name.pop();
        }
        let name = name.trim_matches(|c: char| c.is_whitespace() || c == '.').to_owned();
        (!name.is_empty()).then_some(Self(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A file whose bytes are stored and that nobody knows of yet.
#[derive(Debug)]
pub struct Uploaded {
    stored: Stored,
    filename: Option<FileName>,
}

impl Uploaded {
    /// SHA-256 of the bytes in hex.
    pub fn sha256(&self) -> &str {
        &self.stored.sha256
    }
}

impl Engine {
    /// Begins to take a file. Needs `messages:send`.
    pub fn begin_upload(&self, caller: &Caller) -> Result<Incoming> {
        require(caller, Scope::MessagesSend)?;
        require_active(caller)?;
        let limit = self.media_limit(caller, MediaKind::Document);
        Ok(Incoming::begin(&self.media, self.new_location(caller.workspace_id), limit))
    }

    /// The last byte came: the file is looked at. Faults name the field `file`.
    pub async fn end_upload(&self, incoming: Incoming, filename: Option<FileName>) -> Result<Uploaded> {
        let stored = incoming.finish().await.map_err(not_stored)?;
        if let Some(fault) = stored.typed.fault {
            self.remove_object(&stored.location).await;
            return Err(Error::invalid(FieldError::format("file", fault)));
        }
        Ok(Uploaded { stored, filename })
    }

    /// The file is wanted: it is durable when this returns.
    pub async fn keep_upload(&self, caller: &Caller, uploaded: Uploaded) -> Result<Media> {
        let mut row = self.new_media(caller, uploaded.stored.typed.kind);
        row.media.filename = uploaded.filename.map(|name| name.0);
        Ok(self.keep_media(&uploaded.stored, row).await?.media)
    }

    /// The file is not wanted after all.
    pub async fn drop_upload(&self, uploaded: Uploaded) {
        self.remove_object(&uploaded.stored.location).await;
    }

    /// A file of a caller, still without bytes.
    pub(crate) fn new_media(&self, caller: &Caller, kind: MediaKind) -> MediaRow {
        let now = self.clock.now();
        MediaRow {
            media: Media {
                id: self.ids.next(),
                workspace_id: caller.workspace_id,
                mode: caller.mode,
                state: MediaState::Pending,
                kind,
                mime_type: None,
                size: None,
                sha256: None,
                filename: None,
                message_id: None,
                reason: None,
                reason_detail: None,
                created_at: now,
            },
            account_id: None,
            source: None,
            attempts: 0,
            due_at: None,
            updated_at: now,
        }
    }
}

/// What a caller hears of bytes that could not be taken.
pub(crate) fn not_stored(error: NotStored) -> Error {
    match error {
        NotStored::TooLarge(limit) => Error::invalid(too_large("file", limit)),
        NotStored::Storage(error) => unavailable(error),
    }
}

pub(crate) fn too_large(field: &str, limit: u64) -> FieldError {
    FieldError::new(field, "too_large", format!("At most {limit} bytes are allowed."))
}

pub(crate) fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Unavailable { part: "storage of files", source: Some(Box::new(error)) }
}

impl From<NotStored> for Error {
    fn from(error: NotStored) -> Self {
        not_stored(error)
    }
}
