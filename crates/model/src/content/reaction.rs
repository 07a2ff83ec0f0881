//! An emoji put on another message.

use super::fields::{Faults, Fields, line};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An emoji put on another message, or taken away.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reaction {
    /// The message that it is put on: our id (`msg_...`), or the network's for an incoming reaction
    /// to a message that the gateway never saw. Up to 256 characters.
    #[schema(min_length = 1, max_length = 256)]
    pub message_id: String,
    /// One emoji, up to 32 characters (our limit: the longest joined emoji have about a dozen);
    /// empty takes the reaction away.
    #[schema(max_length = 32)]
    pub emoji: String,
}

super::silent_debug!(Reaction);

impl Reaction {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let message_id = fields.needed("message_id", line(256));
        let emoji = fields.needed("emoji", emoji_or_nothing);
        Some(Self { message_id: message_id?, emoji: emoji? })
    }

    pub(super) fn sample() -> Self {
        Self { message_id: "msg_01jd0c2q4w8v7h3n5k6m9p0r1s".to_owned(), emoji: "👍".to_owned() }
    }
}

fn emoji_or_nothing(value: &Value) -> Result<String, Faults> {
    if value.as_str() == Some("") { Ok(String::new()) } else { line(32)(value) }
}
