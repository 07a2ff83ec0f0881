//! A file.

use super::{
    MediaSource,
    fields::{Fields, line_like, text},
    media::CAPTION,
};
use serde::{Deserialize, Serialize};

/// A file of any kind; Meta takes up to 100 MB.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Document {
    /// The file.
    #[serde(flatten)]
    pub source: MediaSource,
    /// Words below it, up to 1024 characters (Meta's limit).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 1024)]
    pub caption: Option<String>,
    /// The name that the recipient sees, up to 255 characters (our limit: what file systems take)
    /// without slashes and backslashes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 255)]
    pub filename: Option<String>,
}

super::silent_debug!(Document);

impl Document {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let source = MediaSource::read(fields);
        let caption = fields.optional("caption", text(CAPTION));
        let is_name = |name: &str| !name.contains(['/', '\\']);
        let filename = fields.optional("filename", line_like(255, is_name, "A name without slashes"));
        Some(Self { source: source?, caption, filename })
    }

    pub(super) fn sample() -> Self {
        Self {
            source: MediaSource::sample("invoice.pdf"),
            caption: Some("Your invoice".to_owned()),
            filename: Some("invoice-1042.pdf".to_owned()),
        }
    }
}
