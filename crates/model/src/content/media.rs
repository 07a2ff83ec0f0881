//! Where a file that goes with a message comes from.

use super::fields::{Fields, line, web_url};
use crate::FieldError;
use serde::{Deserialize, Serialize};

/// A file, given by exactly one of `id` and `link`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum MediaSource {
    /// The id of a file that was uploaded or received before, up to 256 characters.
    Id(String),
    /// An `http` or `https` URL to fetch it from, up to 2,000 characters.
    Link(String),
}

super::silent_debug!(MediaSource);

/// The most characters of a caption (Meta's limit).
pub(super) const CAPTION: usize = 1024;

impl MediaSource {
    /// Reads `id` or `link` from among the fields of an object.
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        match (fields.has("id"), fields.has("link")) {
            (true, false) => fields.given("id", line(256)).map(Self::Id),
            (false, true) => fields.given("link", web_url).map(Self::Link),
            (true, true) => {
                fields.fault(FieldError::new("link", "not_allowed", "Give either `id` or `link`, not both."));
                None
            }
            (false, false) => {
                fields.fault(FieldError::new("id", "required", "Give either `id` or `link`."));
                None
            }
        }
    }

    pub(super) fn sample(name: &str) -> Self {
        Self::Link(format!("https://files.example.com/{name}"))
    }
}
