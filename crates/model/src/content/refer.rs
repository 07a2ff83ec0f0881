//! Content that speaks of an earlier message, and content that changes by another.

use super::{Content, Edit, Reaction, Revoke, Revoked};

impl Content {
    /// The id of the message that it speaks of: put on, edited or taken back.
    pub fn refers_to(&self) -> Option<&str> {
        match self {
            Self::Reaction(Reaction { message_id, .. })
            | Self::Edit(Edit { message_id, .. })
            | Self::Revoke(Revoke { message_id }) => Some(message_id),
            Self::Text(_)
            | Self::Image(_)
            | Self::Video(_)
            | Self::Audio(_)
            | Self::Voice(_)
            | Self::Document(_)
            | Self::Sticker(_)
            | Self::Location(_)
            | Self::Contacts(_)
            | Self::Poll(_)
            | Self::Interactive(_)
            | Self::Template(_)
            | Self::Revoked(_)
            | Self::Unsupported(_) => None,
        }
    }

    /// The same content with another id of the message that it speaks of: ours in place of the
    /// network's, or the other way round.
    #[must_use]
    pub fn referring_to(self, id: String) -> Self {
        match self {
            Self::Reaction(it) => Self::Reaction(Reaction { message_id: id, ..it }),
            Self::Edit(it) => Self::Edit(Edit { message_id: id, ..it }),
            Self::Revoke(_) => Self::Revoke(Revoke { message_id: id }),
            other => other,
        }
    }

    /// What a message says after an edit; `None` if the edit does not fit its type.
    #[must_use]
    pub fn edited(&self, edit: &Edit) -> Option<Self> {
        let caption = edit.caption.clone();
        match (self.clone(), &edit.text, &caption) {
            (Self::Text(_), Some(text), None) => Some(Self::Text(text.clone())),
            (Self::Image(mut it), None, Some(_)) => {
                it.caption = caption;
                Some(Self::Image(it))
            }
            (Self::Video(mut it), None, Some(_)) => {
                it.caption = caption;
                Some(Self::Video(it))
            }
            (Self::Document(mut it), None, Some(_)) => {
                it.caption = caption;
                Some(Self::Document(it))
            }
            _ => None,
        }
    }

    /// What is left of it once it was taken back.
    #[must_use]
    pub fn revoked(&self) -> Self {
        match self {
            Self::Revoked(left) => Self::Revoked(left.clone()),
            other => Self::Revoked(Revoked { kind: other.kind() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ContentKind;
    use super::*;

    #[test]
    fn what_speaks_of_another_message_can_name_it_anew() {
        for content in Content::samples() {
            let Some(before) = content.refers_to().map(str::to_owned) else {
                assert_eq!(content.clone().referring_to("x".to_owned()), content);
                continue;
            };
            let renamed = content.clone().referring_to("x".to_owned());
            assert_eq!((renamed.kind(), renamed.refers_to()), (content.kind(), Some("x")));
            assert_eq!(renamed.referring_to(before), content);
        }
    }

    #[test]
    fn an_edit_fits_words_or_a_caption() {
        let Content::Edit(words) = Content::sample(ContentKind::Edit) else { panic!("no edit") };
        let caption = Edit { text: None, caption: Some("Another".to_owned()), ..words.clone() };
        for content in Content::samples() {
            let takes = |edit: &Edit| content.edited(edit).is_some();
            let has_caption = matches!(content.kind(), ContentKind::Image | ContentKind::Video | ContentKind::Document);
            assert_eq!((takes(&words), takes(&caption)), (content.kind() == ContentKind::Text, has_caption));
        }
    }

    #[test]
    fn nothing_of_what_it_said_is_left() {
        for content in Content::samples() {
            let left = content.revoked();
            assert_eq!(left.kind(), ContentKind::Revoked);
            assert_eq!(left.revoked(), left);
        }
    }
}
