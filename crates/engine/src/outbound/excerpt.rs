//! What a receiver answered, as text that is safe to store and to show.

/// At most `limit` bytes of `bytes` as text: invalid UTF-8 replaced, line breaks and tabs as spaces,
/// other control characters and those that turn the direction of writing left out.
pub(super) fn printable(bytes: &[u8], limit: usize) -> String {
    let mut out = String::new();
    for character in String::from_utf8_lossy(bytes).chars() {
        let shown = match character {
            '\n' | '\r' | '\t' => ' ',
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{feff}' => continue,
            _ if character.is_control() => continue,
            _ => character,
        };
        if out.len() + shown.len_utf8() > limit {
            break;
        }
        out.push(shown);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn control_characters_are_gone_and_the_rest_is_readable() {
        assert_eq!(printable(b"a\0b\x1b[31mc\r\nd\te\x7f", 100), "ab[31mc  d e");
        assert_eq!(printable("ok \u{202e}cod".as_bytes(), 100), "ok cod");
        assert_eq!(printable(b"\xff\xfeok", 100), "\u{fffd}\u{fffd}ok");
    }

    proptest! {
        #[test]
        fn no_answer_is_longer_than_the_limit_or_holds_a_control_character(bytes in prop::collection::vec(any::<u8>(), 0..200), limit in 0..100_usize) {
            let text = printable(&bytes, limit);
            prop_assert!(text.len() <= limit);
            prop_assert!(!text.chars().any(char::is_control));
        }
    }
}
