//! A voice note.

use super::{MediaSource, fields::Fields};
use serde::{Deserialize, Serialize};

/// A voice note, shown as if it was spoken into the phone: Opus in OGG (`audio` with `voice: true` at Meta).
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Voice {
    /// The file.
    #[serde(flatten)]
    pub source: MediaSource,
}

super::silent_debug!(Voice);

impl Voice {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { source: MediaSource::read(fields)? })
    }

    pub(super) fn sample() -> Self {
        Self { source: MediaSource::sample("hello.ogg") }
    }
}
