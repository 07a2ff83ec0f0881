//! A sticker.

use super::{MediaSource, fields::Fields};
use serde::{Deserialize, Serialize};

/// A sticker: WebP, 512 by 512 pixels, at Meta up to 100 KB, or 500 KB if it moves.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Sticker {
    /// The file.
    #[serde(flatten)]
    pub source: MediaSource,
}

super::silent_debug!(Sticker);

impl Sticker {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { source: MediaSource::read(fields)? })
    }

    pub(super) fn sample() -> Self {
        Self { source: MediaSource::sample("wave.webp") }
    }
}
