//! A chat as it is shown.

use serde::Serialize;
use std::{fmt, str::FromStr};
use wagate_engine::chats::ChatPlace;
use wagate_model::{Chat, ChatId, FieldError, Timestamp};

/// A chat: the messages between one account and one address.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ChatShown)]
pub(crate) struct ChatOut {
    #[serde(flatten)]
    chat: Chat,
    /// Its place in the list, for `starting_after` and `ending_before`. The place stays where it is
    /// when the chat moves on.
    cursor: String,
}

impl From<Chat> for ChatOut {
    fn from(chat: Chat) -> Self {
        let place = ChatPlace { at: chat.last_activity_at, id: chat.id };
        Self { cursor: Cursor::Place(place).to_string(), chat }
    }
}

/// A cursor of the list of chats: a place, or a chat's id, which stands for its present place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cursor {
    Place(ChatPlace),
    Chat(ChatId),
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Place(place) => write!(f, "{}.{}", place.at.0, place.id),
            Self::Chat(id) => id.fmt(f),
        }
    }
}

impl FromStr for Cursor {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        let wrong = || FieldError::format("", "The `cursor` of a chat in the list, or a chat's id was expected.");
        let Some((at, id)) = text.split_once('.') else {
            return text.parse().map(Self::Chat).map_err(|_wrong: wagate_model::id::InvalidId| wrong());
        };
        let is_number = !at.is_empty() && at.len() <= 15 && at.bytes().all(|byte| byte.is_ascii_digit());
        match (at.parse(), id.parse()) {
            (Ok(at), Ok(id)) if is_number => Ok(Self::Place(ChatPlace { at: Timestamp(at), id })),
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cursor;

    #[test]
    fn a_cursor_is_read_back_from_its_text() {
        let id = "chat_01jd0c2q4w8v7h3n5k6m9p0r1s";
        for text in [id.to_owned(), format!("1763812800123.{id}"), format!("0.{id}")] {
            assert_eq!(text.parse::<Cursor>().map(|cursor| cursor.to_string()), Ok(text));
        }
        for text in [
            "",
            ".",
            id.strip_prefix("chat_").unwrap_or(id),
            "x.chat_01jd0c2q4w8v7h3n5k6m9p0r1s",
            "-1.chat_01jd0c2q4w8v7h3n5k6m9p0r1s",
            "1.1.chat_01jd0c2q4w8v7h3n5k6m9p0r1s",
            "9999999999999999999.chat_01jd0c2q4w8v7h3n5k6m9p0r1s",
        ] {
            assert!(text.parse::<Cursor>().is_err(), "{text}");
        }
    }
}
