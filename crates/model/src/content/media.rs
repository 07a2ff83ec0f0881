//! Where a file that goes with a message comes from.

use super::{
    Content,
    fields::{Fields, line, some_text, web_url},
};
use crate::FieldError;
use serde::{Deserialize, Serialize};

/// A file, given by exactly one of `id`, `link` and `data`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum MediaSource {
    /// The id of a file that was uploaded or received before, up to 256 characters.
    Id(String),
    /// An `http` or `https` URL to fetch it from, up to 2,000 characters.
    Link(String),
    /// Its bytes in base64, as far as they fit into the request's body. The message holds an `id`
    /// afterwards.
    Data(String),
}

super::silent_debug!(MediaSource);

/// The most characters of a caption (Meta's limit).
pub(super) const CAPTION: usize = 1024;

const SOURCES: [&str; 3] = ["id", "link", "data"];

impl MediaSource {
    /// Reads `id`, `link` or `data` from among the fields of an object.
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let given: Vec<_> = SOURCES.into_iter().filter(|name| fields.has(name)).collect();
        match given.as_slice() {
            ["id"] => fields.given("id", line(256)).map(Self::Id),
            ["link"] => fields.given("link", web_url).map(Self::Link),
            ["data"] => fields.given("data", some_text).map(Self::Data),
            [_, second, ..] => {
                fields.fault(FieldError::new(*second, "not_allowed", "Give one of `id`, `link` and `data` only."));
                None
            }
            _ => {
                fields.fault(FieldError::new("id", "required", "Give `id`, `link` or `data`."));
                None
            }
        }
    }

    /// The name of the field that it was given in.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Id(_) => "id",
            Self::Link(_) => "link",
            Self::Data(_) => "data",
        }
    }

    pub(super) fn sample(name: &str) -> Self {
        Self::Link(format!("https://files.example.com/{name}"))
    }
}

impl Content {
    /// Where its file comes from, if this type has one.
    pub const fn media(&self) -> Option<&MediaSource> {
        match self {
            Self::Image(it) => Some(&it.source),
            Self::Video(it) => Some(&it.source),
            Self::Audio(it) => Some(&it.source),
            Self::Voice(it) => Some(&it.source),
            Self::Document(it) => Some(&it.source),
            Self::Sticker(it) => Some(&it.source),
            Self::Text(_)
            | Self::Location(_)
            | Self::Contacts(_)
            | Self::Reaction(_)
            | Self::Poll(_)
            | Self::Interactive(_)
            | Self::Template(_)
            | Self::Edit(_)
            | Self::Revoke(_)
            | Self::Revoked(_)
            | Self::Unsupported(_) => None,
        }
    }

    /// The same content with its file from elsewhere; as it is if this type has no file.
    #[must_use]
    pub fn with_media(mut self, source: MediaSource) -> Self {
        match &mut self {
            Self::Image(it) => it.source = source,
            Self::Video(it) => it.source = source,
            Self::Audio(it) => it.source = source,
            Self::Voice(it) => it.source = source,
            Self::Document(it) => it.source = source,
            Self::Sticker(it) => it.source = source,
            Self::Text(_)
            | Self::Location(_)
            | Self::Contacts(_)
            | Self::Reaction(_)
            | Self::Poll(_)
            | Self::Interactive(_)
            | Self::Template(_)
            | Self::Edit(_)
            | Self::Revoke(_)
            | Self::Revoked(_)
            | Self::Unsupported(_) => {}
        }
        self
    }

    /// The name that the recipient sees, of a document that has one.
    pub fn filename(&self) -> Option<&str> {
        match self {
            Self::Document(it) => it.filename.as_deref(),
            _ => None,
        }
    }
}
