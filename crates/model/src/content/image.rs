//! A picture.

use super::{
    MediaSource,
    fields::{Fields, text},
    media::CAPTION,
};
use serde::{Deserialize, Serialize};

/// A picture; Meta takes JPEG and PNG up to 5 MB.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Image {
    /// The file.
    #[serde(flatten)]
    pub source: MediaSource,
    /// Words below it, up to 1024 characters (Meta's limit).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 1024)]
    pub caption: Option<String>,
}

super::silent_debug!(Image);

impl Image {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let source = MediaSource::read(fields);
        let caption = fields.optional("caption", text(CAPTION));
        Some(Self { source: source?, caption })
    }

    pub(super) fn sample() -> Self {
        Self { source: MediaSource::sample("parcel.jpg"), caption: Some("Your parcel".to_owned()) }
    }
}
