//! One line that stands for a message in a list of chats.

use super::{Content, Interactive};

const LONGEST: usize = 100;

impl Content {
    /// One line of at most 100 characters. It shows what was said, so it never goes into a log.
    pub fn preview(&self) -> String {
        match self {
            Self::Text(it) => one_line(&it.body),
            Self::Image(it) => self.labelled(it.caption.as_deref()),
            Self::Video(it) => self.labelled(it.caption.as_deref()),
            Self::Audio(_) | Self::Voice(_) | Self::Sticker(_) | Self::Revoke(_) | Self::Revoked(_) => {
                self.labelled(None)
            }
            Self::Document(it) => self.labelled(it.filename.as_deref().or(it.caption.as_deref())),
            Self::Location(it) => self.labelled(it.name.as_deref().or(it.address.as_deref())),
            Self::Contacts(it) => {
                let names: Vec<_> = it.0.iter().map(|contact| contact.name.formatted_name.as_str()).collect();
                self.labelled(Some(&names.join(", ")))
            }
            Self::Reaction(it) => self.labelled(Some(&it.emoji)),
            Self::Poll(it) => self.labelled(Some(&it.question)),
            Self::Interactive(Interactive { body, .. }) => one_line(&body.text),
            Self::Template(it) => self.labelled(Some(&it.name)),
            Self::Edit(it) => self.labelled(it.text.as_ref().map(|text| text.body.as_str()).or(it.caption.as_deref())),
            Self::Unsupported(it) => self.labelled(Some(&it.description)),
        }
    }

    fn labelled(&self, text: Option<&str>) -> String {
        one_line(&format!("[{}] {}", self.kind(), text.unwrap_or_default()))
    }
}

fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST {
        return line;
    }
    line.chars().take(LONGEST - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_is_one_short_line() {
        assert_eq!(one_line(" a\r\n\tb\u{0}c  "), "a b c");
        assert_eq!(one_line(&"é".repeat(100)), "é".repeat(100));
        assert_eq!(one_line(&"é".repeat(101)), "é".repeat(99) + "…");
    }

    #[test]
    fn every_type_has_a_preview() {
        for content in Content::samples() {
            assert!(!content.preview().is_empty(), "{}", content.kind());
        }
        assert_eq!(Content::sample(super::super::ContentKind::Voice).preview(), "[voice]");
    }
}
