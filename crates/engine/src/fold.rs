//! Texts as they are compared: without case, accents and spare blanks.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// The text in lower case, without accents, with single blanks.
pub(crate) fn folded(text: &str) -> String {
    let plain: String = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn case_accents_and_blanks_do_not_count() {
        assert_eq!(folded("  José \t ÁLVAREZ\n"), "jose alvarez");
        assert_eq!(folded("Ｓｔｏｐ"), "stop");
        assert_eq!(folded("Räksmörgås 🦐"), "raksmorgas 🦐");
        assert_eq!(folded(" \u{301} "), "");
    }
}
