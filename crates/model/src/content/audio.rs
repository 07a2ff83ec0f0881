//! A sound file.

use super::{MediaSource, fields::Fields};
use serde::{Deserialize, Serialize};

/// A sound file, shown with a player; Meta takes AAC, AMR, MP3, M4A and OGG up to 16 MB.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Audio {
    /// The file.
    #[serde(flatten)]
    pub source: MediaSource,
}

super::silent_debug!(Audio);

impl Audio {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { source: MediaSource::read(fields)? })
    }

    pub(super) fn sample() -> Self {
        Self { source: MediaSource::sample("jingle.mp3") }
    }
}
