//! The one rule for names that people give to workspaces, keys and accounts.

use wagate_model::FieldError;

/// Most characters of a name.
const LONGEST: usize = 100;

/// The name without blanks at its ends: 1 to 100 characters, none of them a control character.
/// The fault's field is `name`.
pub(crate) fn checked_name(name: &str) -> Result<String, FieldError> {
    let name = name.trim();
    if name.is_empty() {
        Err(FieldError::new("name", "too_short", "A name of at least one character was expected."))
    } else if name.chars().count() > LONGEST {
        Err(FieldError::new("name", "too_long", "A name has at most 100 characters."))
    } else if name.chars().any(char::is_control) {
        Err(FieldError::format("name", "A name has no control characters."))
    } else {
        Ok(name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_without_blanks_at_its_ends() {
        assert_eq!(checked_name("  Räksmörgås 🦐 \u{3000}"), Ok("Räksmörgås 🦐".to_owned()));
        assert_eq!(checked_name(&"🦐".repeat(100)), Ok("🦐".repeat(100)));
    }

    #[test]
    fn what_is_no_name_is_refused_by_its_fault() {
        let long = "a".repeat(10_000);
        for (name, code) in [
            ("", "too_short"),
            (" \t\n", "too_short"),
            (&long, "too_long"),
            (&"🦐".repeat(101), "too_long"),
            ("a\0b", "invalid_format"),
            ("a\nb", "invalid_format"),
            ("a\u{85}b", "invalid_format"),
            ("\u{7f}x", "invalid_format"),
        ] {
            let fault = checked_name(name).unwrap_err();
            assert_eq!((fault.field.as_str(), fault.code), ("name", code), "{name:?}");
        }
    }
}
