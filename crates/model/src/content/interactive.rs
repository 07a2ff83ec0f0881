//! Words with something to press below them.

mod action;

pub use action::{Button, Buttons, CtaUrl, CtaUrlParameters, InteractiveAction, List, Reply, Row, Section};

use super::{
    MediaSource,
    fields::{Faults, Fields, choice, line, object, text},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Words with buttons, a list or a link below them. Shape and limits are Meta's: `type` is `button`,
/// `list` or `cta_url` and says what `action` holds.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Interactive {
    /// What stands above the words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// The words, up to 1024 characters.
    pub body: InteractiveText,
    /// Small words below, up to 60 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<InteractiveText>,
    /// What can be pressed.
    #[serde(flatten)]
    pub action: InteractiveAction,
}

/// Words in an object of their own, as Meta has them.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InteractiveText {
    /// The words.
    #[schema(min_length = 1, max_length = 1024)]
    pub text: String,
}

/// What stands above the words. A list takes only words here.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub enum Header {
    /// Words.
    Text {
        /// Up to 60 characters.
        #[schema(min_length = 1, max_length = 60)]
        text: String,
    },
    /// A picture.
    Image {
        /// The file.
        image: MediaSource,
    },
    /// A film.
    Video {
        /// The file.
        video: MediaSource,
    },
    /// A file.
    Document {
        /// The file.
        document: MediaSource,
    },
}

super::silent_debug!(Interactive, InteractiveText, Header);

impl Interactive {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let header = fields.optional("header", |value| object(value, Header::read));
        let body = fields.needed("body", words(1024));
        let footer = fields.optional("footer", words(60));
        let action = InteractiveAction::read(fields);
        if let (Some(InteractiveAction::List(_)), Some(header)) = (&action, &header) {
            header.refuse_media(fields);
        }
        Some(Self { header, body: body?, footer, action: action? })
    }

    pub(super) fn sample() -> Self {
        Self {
            header: Some(Header::Text { text: "Order 1042".to_owned() }),
            body: InteractiveText { text: "Shall we deliver tomorrow?".to_owned() },
            footer: Some(InteractiveText { text: "Example Ltd".to_owned() }),
            action: InteractiveAction::sample(),
        }
    }
}

impl Header {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        #[derive(Clone, Copy)]
        enum Kind {
            Text,
            Image,
            Video,
            Document,
        }
        const KINDS: &[(&str, Kind)] =
            &[("text", Kind::Text), ("image", Kind::Image), ("video", Kind::Video), ("document", Kind::Document)];
        let file = |value: &Value| object(value, MediaSource::read);
        let Some(kind) = fields.needed("type", choice(KINDS)) else {
            fields.know(&["text", "image", "video", "document"]);
            return None;
        };
        match kind {
            Kind::Text => fields.needed("text", line(60)).map(|text| Self::Text { text }),
            Kind::Image => fields.needed("image", file).map(|image| Self::Image { image }),
            Kind::Video => fields.needed("video", file).map(|video| Self::Video { video }),
            Kind::Document => fields.needed("document", file).map(|document| Self::Document { document }),
        }
    }

    fn refuse_media(&self, fields: &mut Fields<'_>) {
        match self {
            Self::Text { .. } => {}
            Self::Image { .. } | Self::Video { .. } | Self::Document { .. } => {
                let detail = "The header of a list can only be text.";
                fields.fault(crate::FieldError::new("header/type", "not_allowed", detail));
            }
        }
    }
}

fn words(most: usize) -> impl Fn(&Value) -> Result<InteractiveText, Faults> {
    move |value| {
        object(value, |fields| {
            let text = fields.needed("text", text(most))?;
            Some(InteractiveText { text })
        })
    }
}
