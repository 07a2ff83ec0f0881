//! The types of content and their words.

use serde::{Deserialize, Serialize};

/// A type of content: the `type` of a message, and the name of the object beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ContentKind {
    /// See [`Text`](super::Text).
    Text,
    /// See [`Image`](super::Image).
    Image,
    /// See [`Video`](super::Video).
    Video,
    /// See [`Audio`](super::Audio).
    Audio,
    /// See [`Voice`](super::Voice).
    Voice,
    /// See [`Document`](super::Document).
    Document,
    /// See [`Sticker`](super::Sticker).
    Sticker,
    /// See [`Location`](super::Location).
    Location,
    /// See [`Contacts`](super::Contacts).
    Contacts,
    /// See [`Reaction`](super::Reaction).
    Reaction,
    /// See [`Poll`](super::Poll).
    Poll,
    /// See [`Interactive`](super::Interactive).
    Interactive,
    /// See [`Template`](super::Template).
    Template,
    /// See [`Edit`](super::Edit).
    Edit,
    /// See [`Revoke`](super::Revoke).
    Revoke,
    /// See [`Revoked`](super::Revoked).
    Revoked,
    /// See [`Unsupported`](super::Unsupported).
    Unsupported,
}

crate::text::text_enum!(ContentKind {
    Text => "text",
    Image => "image",
    Video => "video",
    Audio => "audio",
    Voice => "voice",
    Document => "document",
    Sticker => "sticker",
    Location => "location",
    Contacts => "contacts",
    Reaction => "reaction",
    Poll => "poll",
    Interactive => "interactive",
    Template => "template",
    Edit => "edit",
    Revoke => "revoke",
    Revoked => "revoked",
    Unsupported => "unsupported",
});

impl ContentKind {
    /// Whether it is written as a message of its own. The others come of calls on an earlier message
    /// (`edit`, `revoke`), are what is left of one (`revoked`), or only ever come in.
    pub const fn is_written(self) -> bool {
        !matches!(self, Self::Edit | Self::Revoke | Self::Revoked | Self::Unsupported)
    }

    /// Whether it says something by itself, so that it can be forwarded, edited or taken back.
    pub const fn stands_alone(self) -> bool {
        self.is_written() && !matches!(self, Self::Reaction)
    }
}
