//! Whether bytes are text: UTF-8 without control characters, from the first to the last.

/// A check that goes on from piece to piece.
#[derive(Default)]
pub(super) struct TextCheck {
    is_other: bool,
    /// The beginning of a character whose rest is to come.
    open: Vec<u8>,
}

impl TextCheck {
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        if self.is_other {
            return;
        }
        let mut bytes = bytes;
        while !self.open.is_empty() && !bytes.is_empty() && !self.is_other {
            self.open.push(bytes[0]);
            bytes = &bytes[1..];
            match std::str::from_utf8(&self.open) {
                Ok(text) => {
                    self.is_other = has_controls(text);
                    self.open.clear();
                }
                Err(error) => self.is_other = error.error_len().is_some(),
            }
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => self.is_other |= has_controls(text),
            Err(error) => {
                let (text, rest) = bytes.split_at(error.valid_up_to());
                self.is_other |= error.error_len().is_some() || std::str::from_utf8(text).is_ok_and(has_controls);
                self.open.extend_from_slice(rest);
            }
        }
    }

    pub(super) fn is_text(&self) -> bool {
        !self.is_other && self.open.is_empty()
    }
}

fn has_controls(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}'))
}
