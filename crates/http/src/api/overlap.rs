//! How long an old secret goes on beside its successor.

use serde::{Deserialize, Deserializer, de::Error as _};
use std::time::Duration;

/// The longest overlap, in seconds: 7 days.
const LONGEST: u64 = 604_800;

/// How a secret is replaced.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RotateIn {
    /// How long the old one goes on beside the new one, in seconds, up to 7 days; 24 hours unless
    /// told.
    #[serde(default, deserialize_with = "seconds")]
    #[schema(minimum = 0, maximum = 604_800, example = 86_400)]
    overlap_seconds: Option<u64>,
}

impl RotateIn {
    /// The overlap, where one was given.
    pub(super) fn overlap(&self) -> Option<Duration> {
        self.overlap_seconds.map(Duration::from_secs)
    }
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let seconds = Option::<u64>::deserialize(deserializer)?;
    if seconds.is_some_and(|seconds| seconds > LONGEST) {
        return Err(D::Error::custom(format!("out_of_range: At most {LONGEST} seconds (7 days) were expected.")));
    }
    Ok(seconds)
}
