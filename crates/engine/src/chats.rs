//! Chats: what messages come to, and who works on them.

mod change;
mod mark_read;
mod read;

pub use wagate_store::chats::{ChatFilter, ChatPage, ChatPlace};

use crate::fold::folded;

/// What is searched for a text: folded, and without what people put between the digits of a number.
/// `None` if nothing is left of it.
pub(crate) fn searched(text: &str) -> Option<String> {
    let text = folded(text);
    let is_number = text.chars().all(|c| c.is_ascii_digit() || "+-.() /".contains(c));
    let text = if is_number { text.chars().filter(char::is_ascii_digit).collect() } else { text };
    Some(text).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::searched;

    #[test]
    fn a_number_is_found_however_it_is_written() {
        assert_eq!(searched("+1 (555) 010-0001"), Some("15550100001".to_owned()));
        assert_eq!(searched(" José  "), Some("jose".to_owned()));
        assert_eq!(searched("shop 7"), Some("shop 7".to_owned()));
        assert_eq!(searched(" +- "), None);
    }
}
