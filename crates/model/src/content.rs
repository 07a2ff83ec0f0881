//! What a message says: one variant per type, each in a file of its own.
//!
//! On the API the shape is Meta's: `{"type":"text","text":{...}}`, where `type` names the object
//! beside it. A [`Content`] that came out of [`Content::parse`] keeps every limit that its type
//! documents. Nothing here prints what was said: `Debug` shows types and lengths, because logs must
//! not hold messages; only [`Content::preview`] and the JSON do.
//!
//! To add a type: a file under `content/`, a variant of [`Content`] and of [`ContentKind`]; the
//! matches below and in the providers name every variant, so the compiler lists what must answer.

mod audio;
mod contacts;
mod document;
mod edit;
mod fields;
mod image;
mod interactive;
mod kind;
mod location;
mod media;
mod poll;
mod preview;
mod reaction;
mod refer;
mod revoke;
mod sticker;
mod template;
mod text;
mod unsupported;
mod video;
mod voice;

#[cfg(test)]
mod tests;

pub use audio::Audio;
pub use contacts::{
    Contact, ContactAddress, ContactEmail, ContactName, ContactOrganization, ContactPhone, ContactUrl, Contacts,
};
pub use document::Document;
pub use edit::Edit;
pub use image::Image;
pub use interactive::{
    Button, Buttons, CtaUrl, CtaUrlParameters, Header, Interactive, InteractiveAction, InteractiveText, List, Reply,
    Row, Section,
};
pub use kind::ContentKind;
pub use location::Location;
pub use media::MediaSource;
pub use poll::Poll;
pub use reaction::Reaction;
pub use revoke::{Revoke, Revoked};
pub use sticker::Sticker;
pub use template::{
    ButtonKind, Currency, DateTime, Language, LanguagePolicy, Template, TemplateComponent, TemplateParameter,
};
pub use text::Text;
pub use unsupported::Unsupported;
pub use video::Video;
pub use voice::Voice;

use crate::FieldError;
use fields::object;
use serde::Serialize;
use serde_json::Value;

/// What a message says.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Words.
    Text(Text),
    /// A picture.
    Image(Image),
    /// A film.
    Video(Video),
    /// A sound file.
    Audio(Audio),
    /// A voice note.
    Voice(Voice),
    /// A file.
    Document(Document),
    /// A sticker.
    Sticker(Sticker),
    /// A place.
    Location(Location),
    /// Cards of people.
    Contacts(Contacts),
    /// An emoji put on another message, or taken away.
    Reaction(Reaction),
    /// A question with options.
    Poll(Poll),
    /// Words with buttons, a list or a link.
    Interactive(Interactive),
    /// A template that Meta approved.
    Template(Template),
    /// Other words in place of those of an earlier message.
    Edit(Edit),
    /// An earlier message taken back.
    Revoke(Revoke),
    /// What is left of a message that was taken back.
    Revoked(Revoked),
    /// Something that came in and that this version does not know.
    Unsupported(Unsupported),
}

/// Content in the database that this version cannot read. It does not show the content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("stored {kind} content cannot be read: {problem}")]
pub struct UnreadableContent {
    /// The type that it was stored as.
    pub kind: ContentKind,
    /// What is wrong and where, without any of the content.
    pub problem: String,
}

impl Content {
    /// Its type.
    pub const fn kind(&self) -> ContentKind {
        match self {
            Self::Text(_) => ContentKind::Text,
            Self::Image(_) => ContentKind::Image,
            Self::Video(_) => ContentKind::Video,
            Self::Audio(_) => ContentKind::Audio,
            Self::Voice(_) => ContentKind::Voice,
            Self::Document(_) => ContentKind::Document,
            Self::Sticker(_) => ContentKind::Sticker,
            Self::Location(_) => ContentKind::Location,
            Self::Contacts(_) => ContentKind::Contacts,
            Self::Reaction(_) => ContentKind::Reaction,
            Self::Poll(_) => ContentKind::Poll,
            Self::Interactive(_) => ContentKind::Interactive,
            Self::Template(_) => ContentKind::Template,
            Self::Edit(_) => ContentKind::Edit,
            Self::Revoke(_) => ContentKind::Revoke,
            Self::Revoked(_) => ContentKind::Revoked,
            Self::Unsupported(_) => ContentKind::Unsupported,
        }
    }

    /// Reads the object that `type` names, as a caller wrote it.
    ///
    /// Refused are unknown fields and whatever breaks a limit. The faults (at least one, at most
    /// 50) carry paths that begin with the type, such as `text/body`.
    pub fn parse(kind: ContentKind, body: &Value) -> Result<Self, Vec<FieldError>> {
        let read = match kind {
            ContentKind::Text => object(body, Text::read).map(Self::Text),
            ContentKind::Image => object(body, Image::read).map(Self::Image),
            ContentKind::Video => object(body, Video::read).map(Self::Video),
            ContentKind::Audio => object(body, Audio::read).map(Self::Audio),
            ContentKind::Voice => object(body, Voice::read).map(Self::Voice),
            ContentKind::Document => object(body, Document::read).map(Self::Document),
            ContentKind::Sticker => object(body, Sticker::read).map(Self::Sticker),
            ContentKind::Location => object(body, Location::read).map(Self::Location),
            ContentKind::Contacts => Contacts::read(body).map(Self::Contacts),
            ContentKind::Reaction => object(body, Reaction::read).map(Self::Reaction),
            ContentKind::Poll => object(body, Poll::read).map(Self::Poll),
            ContentKind::Interactive => object(body, Interactive::read).map(Self::Interactive),
            ContentKind::Template => object(body, Template::read).map(Self::Template),
            ContentKind::Edit => object(body, Edit::read).map(Self::Edit),
            ContentKind::Revoke => object(body, Revoke::read).map(Self::Revoke),
            ContentKind::Revoked => object(body, Revoked::read).map(Self::Revoked),
            ContentKind::Unsupported => object(body, Unsupported::read).map(Self::Unsupported),
        };
        read.map_err(|faults| fields::within(kind.as_str(), faults))
    }

    /// The object that stands beside `type`, for answers and for the database.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Text(it) => json(it),
            Self::Image(it) => json(it),
            Self::Video(it) => json(it),
            Self::Audio(it) => json(it),
            Self::Voice(it) => json(it),
            Self::Document(it) => json(it),
            Self::Sticker(it) => json(it),
            Self::Location(it) => json(it),
            Self::Contacts(it) => json(it),
            Self::Reaction(it) => json(it),
            Self::Poll(it) => json(it),
            Self::Interactive(it) => json(it),
            Self::Template(it) => json(it),
            Self::Edit(it) => json(it),
            Self::Revoke(it) => json(it),
            Self::Revoked(it) => json(it),
            Self::Unsupported(it) => json(it),
        }
    }

    /// Reads back what [`Content::to_json`] wrote. Limits are not checked again, so that a limit
    /// may be tightened without losing old messages.
    pub fn from_stored(kind: ContentKind, stored: &str) -> Result<Self, UnreadableContent> {
        let read = match kind {
            ContentKind::Text => serde_json::from_str(stored).map(Self::Text),
            ContentKind::Image => serde_json::from_str(stored).map(Self::Image),
            ContentKind::Video => serde_json::from_str(stored).map(Self::Video),
            ContentKind::Audio => serde_json::from_str(stored).map(Self::Audio),
            ContentKind::Voice => serde_json::from_str(stored).map(Self::Voice),
            ContentKind::Document => serde_json::from_str(stored).map(Self::Document),
            ContentKind::Sticker => serde_json::from_str(stored).map(Self::Sticker),
            ContentKind::Location => serde_json::from_str(stored).map(Self::Location),
            ContentKind::Contacts => serde_json::from_str(stored).map(Self::Contacts),
            ContentKind::Reaction => serde_json::from_str(stored).map(Self::Reaction),
            ContentKind::Poll => serde_json::from_str(stored).map(Self::Poll),
            ContentKind::Interactive => serde_json::from_str(stored).map(Self::Interactive),
            ContentKind::Template => serde_json::from_str(stored).map(Self::Template),
            ContentKind::Edit => serde_json::from_str(stored).map(Self::Edit),
            ContentKind::Revoke => serde_json::from_str(stored).map(Self::Revoke),
            ContentKind::Revoked => serde_json::from_str(stored).map(Self::Revoked),
            ContentKind::Unsupported => serde_json::from_str(stored).map(Self::Unsupported),
        };
        // The text of a JSON error quotes the value that it found; its class and place do not.
        read.map_err(|error| UnreadableContent {
            kind,
            problem: format!("{:?} error at line {} column {}", error.classify(), error.line(), error.column()),
        })
    }

    /// A valid example of a type, for tests, docs and the OpenAPI document.
    pub fn sample(kind: ContentKind) -> Self {
        match kind {
            ContentKind::Text => Self::Text(Text::sample()),
            ContentKind::Image => Self::Image(Image::sample()),
            ContentKind::Video => Self::Video(Video::sample()),
            ContentKind::Audio => Self::Audio(Audio::sample()),
            ContentKind::Voice => Self::Voice(Voice::sample()),
            ContentKind::Document => Self::Document(Document::sample()),
            ContentKind::Sticker => Self::Sticker(Sticker::sample()),
            ContentKind::Location => Self::Location(Location::sample()),
            ContentKind::Contacts => Self::Contacts(Contacts::sample()),
            ContentKind::Reaction => Self::Reaction(Reaction::sample()),
            ContentKind::Poll => Self::Poll(Poll::sample()),
            ContentKind::Interactive => Self::Interactive(Interactive::sample()),
            ContentKind::Template => Self::Template(Template::sample()),
            ContentKind::Edit => Self::Edit(Edit::sample()),
            ContentKind::Revoke => Self::Revoke(Revoke::sample()),
            ContentKind::Revoked => Self::Revoked(Revoked::sample()),
            ContentKind::Unsupported => Self::Unsupported(Unsupported::sample()),
        }
    }

    /// One example of every type, in the order of [`ContentKind::ALL`].
    pub fn samples() -> Vec<Self> {
        ContentKind::ALL.iter().copied().map(Self::sample).collect()
    }
}

#[expect(clippy::expect_used, reason = "the types here have text keys and no serializer of their own that could fail")]
fn json<T: Serialize>(it: &T) -> Value {
    serde_json::to_value(it).expect("content is always JSON")
}

/// Gives types a `Debug` that names them and prints nothing of what was said.
macro_rules! silent_debug {
    ($($name:ident),+ $(,)?) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )+};
}
use silent_debug;
