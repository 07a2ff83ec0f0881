//! What serde says about an input, as one of our field errors.
//!
//! Serde's errors are texts. Their forms are part of its interface by long use, and the tests of
//! the extractors notice if one ever changes.

use serde_path_to_error::{Path, Segment};
use wagate_model::FieldError;

/// The codes that our own readers put before their sentence.
const CODES: &[&str] =
    &["too_short", "too_long", "too_many", "out_of_range", "invalid_format", "not_allowed", "wrong_type"];
/// The most of an unknown name that is repeated.
const MOST_OF_A_NAME: usize = 100;

/// The fault at `path` that `error` tells of.
pub(super) fn of(path: &Path, error: &impl std::fmt::Display) -> FieldError {
    let text = error.to_string();
    // JSON errors end with their place in the text, which the path says better.
    let text = text.rfind(" at line ").map_or(text.as_str(), |end| &text[..end]);
    let (code, detail) = explain(text);
    FieldError::new(pointer(path, named(text)), code, detail)
}

fn explain(text: &str) -> (&'static str, String) {
    if let Some((code, detail)) = own(text) {
        return (code, detail.to_owned());
    }
    let expected = text.rsplit_once("expected ").map_or("", |(_, expected)| expected);
    let begins = |start: &str| text.starts_with(start);
    if begins("missing field") {
        ("required", "This field is required.".to_owned())
    } else if begins("unknown field") {
        ("unknown_field", format!("This field is not known here; known: {}.", known(text, expected)))
    } else if begins("duplicate field") {
        ("not_allowed", "This was given twice.".to_owned())
    } else if begins("invalid type") {
        ("wrong_type", format!("{} was expected.", plain(expected)))
    } else if begins("invalid value") {
        ("out_of_range", format!("{} was expected.", plain(expected)))
    } else if begins("unknown variant") {
        ("not_allowed", format!("Expected {expected}."))
    } else if is_number_fault(text) {
        ("wrong_type", "A whole number was expected.".to_owned())
    } else {
        ("invalid_format", text.to_owned())
    }
}

fn own(text: &str) -> Option<(&'static str, &str)> {
    let (start, detail) = text.split_once(": ")?;
    CODES.iter().find(|code| **code == start).map(|code| (*code, detail))
}

fn known<'t>(text: &str, expected: &'t str) -> &'t str {
    if text.ends_with("there are no fields") { "none" } else { expected.trim_start_matches("one of ") }
}

/// The standard library's words for a number in a query that is none.
fn is_number_fault(text: &str) -> bool {
    ["invalid digit", "cannot parse integer", "number too"].iter().any(|start| text.starts_with(start))
}

fn plain(expected: &str) -> String {
    match expected {
        "a string" | "a borrowed string" | "a character" => "A text".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        "a sequence" => "A list".to_owned(),
        "a map" => "An object".to_owned(),
        "u8" | "u16" | "u32" | "u64" => "A whole number of at least 0 that fits".to_owned(),
        "i8" | "i16" | "i32" | "i64" => "A whole number that fits".to_owned(),
        "f32" | "f64" => "A number".to_owned(),
        other if other.starts_with("struct ") => "An object".to_owned(),
        other => other.strip_prefix("an ").map_or_else(|| other.to_owned(), |rest| format!("An {rest}")),
    }
}

/// The name in backticks of a fault that is about a name which the path does not have: what is
/// missing or there twice. The path ends in the name of what is unknown.
fn named(text: &str) -> Option<&str> {
    let is_named = ["missing field `", "duplicate field `"].iter().any(|start| text.starts_with(start));
    let rest = text.split_once('`').filter(|_| is_named)?.1;
    rest.rsplit_once('`').map(|(name, _)| name)
}

/// The path as a JSON pointer without its first slash, with the name of what is missing.
fn pointer(path: &Path, name: Option<&str>) -> String {
    let mut parts: Vec<String> = path.iter().filter_map(part).collect();
    parts.extend(name.map(escaped));
    parts.join("/")
}

fn part(segment: &Segment) -> Option<String> {
    match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } => Some(escaped(key)),
        Segment::Enum { .. } | Segment::Unknown => None,
    }
}

fn escaped(name: &str) -> String {
    let start: String = name.chars().take(MOST_OF_A_NAME).collect();
    start.replace('~', "~0").replace('/', "~1")
}
