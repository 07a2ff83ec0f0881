//! What came in and is not known.

use super::fields::{Fields, line};
use serde::{Deserialize, Serialize};

/// Something that came in and that this version of the gateway does not know. It cannot be sent.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Unsupported {
    /// What the network called it, in a few words of up to 200 characters (our limit); never what
    /// it said.
    #[schema(min_length = 1, max_length = 200)]
    pub description: String,
}

super::silent_debug!(Unsupported);

impl Unsupported {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { description: fields.needed("description", line(200))? })
    }

    pub(super) fn sample() -> Self {
        Self { description: "call_log".to_owned() }
    }
}
