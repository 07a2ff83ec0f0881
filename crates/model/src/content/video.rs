//! A film.

use super::{
    MediaSource,
    fields::{Fields, text},
    media::CAPTION,
};
use serde::{Deserialize, Serialize};

/// A film; Meta takes MP4 and 3GP up to 16 MB.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Video {
    /// The file.
    #[serde(flatten)]
    pub source: MediaSource,
    /// Words below it, up to 1024 characters (Meta's limit).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 1024)]
    pub caption: Option<String>,
}

super::silent_debug!(Video);

impl Video {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let source = MediaSource::read(fields);
        let caption = fields.optional("caption", text(CAPTION));
        Some(Self { source: source?, caption })
    }

    pub(super) fn sample() -> Self {
        Self { source: MediaSource::sample("setup.mp4"), caption: Some("How to set it up".to_owned()) }
    }
}
