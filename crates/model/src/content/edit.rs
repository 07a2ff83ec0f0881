//! Other words in place of those of an earlier message.

use super::{
    Text,
    fields::{Fields, line, object, text},
    media::CAPTION,
};
use crate::FieldError;
use serde::{Deserialize, Serialize};

/// Other words in place of those of an earlier message: exactly one of `text` and `caption`.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// The message that is edited (`msg_...`).
    #[schema(min_length = 1, max_length = 256)]
    pub message_id: String,
    /// What a text says now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    /// What stands below a picture, film or file now, up to 1024 characters (Meta's limit).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 1024)]
    pub caption: Option<String>,
}

super::silent_debug!(Edit);

impl Edit {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let message_id = fields.needed("message_id", line(256));
        let (has_text, has_caption) = (fields.has("text"), fields.has("caption"));
        if has_text && has_caption {
            fields.fault(FieldError::new("caption", "not_allowed", "Give either `text` or `caption`, not both."));
        } else if !has_text && !has_caption {
            fields.fault(FieldError::new("text", "required", "Give either `text` or `caption`."));
        }
        let text_now = fields.optional("text", |value| object(value, Text::read));
        let caption = fields.optional("caption", text(CAPTION));
        Some(Self { message_id: message_id?, text: text_now, caption })
    }

    pub(super) fn sample() -> Self {
        Self { message_id: "msg_01jd0c2q4w8v7h3n5k6m9p0r1s".to_owned(), text: Some(Text::sample()), caption: None }
    }
}
