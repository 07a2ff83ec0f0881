//! An earlier message taken back, and what is left of it.

use super::{
    ContentKind,
    fields::{Fields, choice, line},
};
use serde::{Deserialize, Serialize};

/// Takes an earlier message back, for everyone.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Revoke {
    /// The message that is taken back (`msg_...`).
    #[schema(min_length = 1, max_length = 256)]
    pub message_id: String,
}

/// What is left of a message that was taken back: nothing of what it said.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Revoked {
    /// The type that it had.
    #[serde(rename = "type")]
    pub kind: ContentKind,
}

super::silent_debug!(Revoke, Revoked);

impl Revoke {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { message_id: fields.needed("message_id", line(256))? })
    }

    pub(super) fn sample() -> Self {
        Self { message_id: "msg_01jd0c2q4w8v7h3n5k6m9p0r1s".to_owned() }
    }
}

impl Revoked {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let words: Vec<_> = ContentKind::ALL.iter().map(|kind| (kind.as_str(), *kind)).collect();
        Some(Self { kind: fields.needed("type", choice(&words))? })
    }

    pub(super) fn sample() -> Self {
        Self { kind: ContentKind::Text }
    }
}
