//! Words.

use super::fields::{Fields, flag, text};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Words, with WhatsApp's own marks for bold, italics and lists.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// What it says: 1 to 4096 characters (Meta's limit), at least one of them visible, no NUL.
    #[schema(min_length = 1, max_length = 4096)]
    #[schema(pattern = r"^[^\x00]*[^\s\x00-\x1f\x7f-\x9f][^\x00]*$")]
    pub body: String,
    /// Whether the recipient's device may show a preview of the first link.
    #[serde(default)]
    pub preview_url: bool,
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Text").field("characters", &self.body.chars().count()).finish_non_exhaustive()
    }
}

impl Text {
    /// The most characters of a body.
    pub const MOST: usize = 4096;

    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let body = fields.needed("body", text(Self::MOST));
        let preview_url = fields.given("preview_url", flag).unwrap_or_default();
        Some(Self { body: body?, preview_url })
    }

    pub(super) fn sample() -> Self {
        Self { body: "Your order is on its way.".to_owned(), preview_url: false }
    }
}
