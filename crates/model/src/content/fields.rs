//! Reads JSON field by field and gathers every fault with its path.
//!
//! A reader is a function from a value to what it holds or to its faults; faults are relative to
//! the value and get their path on the way out. No fault quotes a value.

use crate::FieldError;
use serde_json::{Map, Value};
use std::ops::RangeInclusive;

/// What is wrong with a value; never empty.
pub(super) type Faults = Vec<FieldError>;

/// Enough to repair a request by, few enough that no answer grows with a hostile one.
pub(super) const MOST_FAULTS: usize = 50;

/// The longest part of an unknown field's name that is repeated in its path.
const MOST_OF_A_NAME: usize = 100;

/// The fields of one object while they are read.
pub(super) struct Fields<'v> {
    object: &'v Map<String, Value>,
    known: Vec<&'static str>,
    faults: Faults,
}

/// Reads an object. `read` may give `None` only after it noted a fault; fields that it did not ask
/// for are faults too.
pub(super) fn object<T>(value: &Value, read: impl FnOnce(&mut Fields<'_>) -> Option<T>) -> Result<T, Faults> {
    let Some(object) = value.as_object() else {
        return Err(wrong_type("An object"));
    };
    let mut fields = Fields { object, known: Vec::new(), faults: Vec::new() };
    let read = read(&mut fields);
    fields.refuse_unknown();
    fields.faults.truncate(MOST_FAULTS);
    read.filter(|_| fields.faults.is_empty()).ok_or(fields.faults)
}

impl<'v> Fields<'v> {
    /// A field that must be given.
    pub(super) fn needed<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Value) -> Result<T, Faults>,
    ) -> Option<T> {
        if self.take(name).is_none() {
            self.fault(FieldError::required(name));
        }
        self.given(name, read)
    }

    /// A field that may be left out, but is not `null`.
    pub(super) fn given<T>(&mut self, name: &'static str, read: impl FnOnce(&Value) -> Result<T, Faults>) -> Option<T> {
        match read(self.take(name)?) {
            Ok(it) => Some(it),
            Err(faults) => {
                self.faults.extend(within(name, faults));
                None
            }
        }
    }

    /// A field that may be left out or `null`.
    pub(super) fn optional<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Value) -> Result<T, Faults>,
    ) -> Option<T> {
        if self.has(name) { self.given(name, read) } else { None }
    }

    /// Whether a field is there and not `null`. Asking makes it known.
    pub(super) fn has(&mut self, name: &'static str) -> bool {
        self.take(name).is_some_and(|value| !value.is_null())
    }

    /// Makes fields known that are read only in some cases.
    pub(super) fn know(&mut self, names: &[&'static str]) {
        for name in names {
            self.take(name);
        }
    }

    /// Notes a fault.
    pub(super) fn fault(&mut self, fault: FieldError) {
        self.faults.push(fault);
    }

    fn take(&mut self, name: &'static str) -> Option<&'v Value> {
        if !self.known.contains(&name) {
            self.known.push(name);
        }
        self.object.get(name)
    }

    fn refuse_unknown(&mut self) {
        let unknown = self.object.keys().filter(|key| !self.known.contains(&key.as_str()));
        for key in unknown.take(MOST_FAULTS) {
            let detail = format!("This field is not known here; known are: {}.", self.known.join(", "));
            self.faults.push(FieldError::new(pointer(key), "unknown_field", detail));
        }
    }
}

/// The faults one level further out.
pub(super) fn within(parent: &str, faults: Faults) -> Faults {
    faults.into_iter().map(|fault| fault.within(parent)).collect()
}

/// Text of any length but none; what it may hold is checked by whoever uses it.
pub(super) fn some_text(value: &Value) -> Result<String, Faults> {
    match value.as_str() {
        None => Err(wrong_type("A text")),
        Some("") => Err(one("too_short", "At least one character was expected.")),
        Some(text) => Ok(text.to_owned()),
    }
}

/// Text of 1 to `most` characters with something to see in it; line breaks are fine.
pub(super) fn text(most: usize) -> impl Fn(&Value) -> Result<String, Faults> {
    move |value| {
        let Some(text) = value.as_str() else {
            return Err(wrong_type("A text"));
        };
        if text.is_empty() {
            return Err(one("too_short", "At least one character was expected."));
        }
        if text.contains('\0') {
            return Err(one("invalid_format", "The NUL character is not allowed."));
        }
        if text.chars().count() > most {
            return Err(one("too_long", format!("At most {most} characters are allowed.")));
        }
        if text.chars().all(|c| c.is_whitespace() || c.is_control()) {
            return Err(one("invalid_format", "At least one visible character was expected."));
        }
        Ok(text.to_owned())
    }
}

/// Text of 1 to `most` characters without line breaks or other control characters.
pub(super) fn line(most: usize) -> impl Fn(&Value) -> Result<String, Faults> {
    move |value| {
        let line = text(most)(value)?;
        if line.chars().any(char::is_control) {
            return Err(one("invalid_format", "One line without control characters was expected."));
        }
        Ok(line)
    }
}

/// A line that `is_right`, or else the `expected` one was not given.
pub(super) fn line_like(
    most: usize,
    is_right: fn(&str) -> bool,
    expected: &'static str,
) -> impl Fn(&Value) -> Result<String, Faults> {
    move |value| {
        let line = line(most)(value)?;
        if is_right(&line) { Ok(line) } else { Err(one("invalid_format", format!("{expected} was expected."))) }
    }
}

/// An `http` or `https` URL of at most 2,000 characters. Where it leads is not checked here.
pub(super) fn web_url(value: &Value) -> Result<String, Faults> {
    let is_web =
        |text: &str| url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    line_like(2000, is_web, "A URL that begins with https:// or http://")(value)
}

/// `true` or `false`.
pub(super) fn flag(value: &Value) -> Result<bool, Faults> {
    value.as_bool().ok_or_else(|| wrong_type("true or false"))
}

/// A number in `range`.
pub(super) fn number(range: RangeInclusive<f64>) -> impl Fn(&Value) -> Result<f64, Faults> {
    move |value| {
        let number = value.as_f64().ok_or_else(|| wrong_type("A number"))?;
        if range.contains(&number) { Ok(number) } else { Err(out_of_range(range.start(), range.end())) }
    }
}

/// A whole number in `range`.
pub(super) fn whole(range: RangeInclusive<i64>) -> impl Fn(&Value) -> Result<i64, Faults> {
    move |value| {
        if !value.is_number() || value.as_f64().is_some_and(|number| number.fract() != 0.0) {
            return Err(wrong_type("A whole number"));
        }
        value.as_i64().filter(|number| range.contains(number)).ok_or_else(|| out_of_range(range.start(), range.end()))
    }
}

/// A list whose length is in `range`. The items of one that is too long are not looked at.
pub(super) fn list<T>(
    range: RangeInclusive<usize>,
    read: impl Fn(&Value) -> Result<T, Faults>,
) -> impl Fn(&Value) -> Result<Vec<T>, Faults> {
    move |value| {
        let items = value.as_array().ok_or_else(|| wrong_type("A list"))?;
        if items.len() > *range.end() {
            return Err(one("too_many", format!("At most {} are allowed.", range.end())));
        }
        if items.len() < *range.start() {
            return Err(one("too_short", format!("At least {} was expected.", range.start())));
        }
        let mut faults = Vec::new();
        let mut list = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match read(item) {
                Ok(item) => list.push(item),
                Err(more) => faults.extend(within(&index.to_string(), more)),
            }
        }
        faults.truncate(MOST_FAULTS);
        if faults.is_empty() { Ok(list) } else { Err(faults) }
    }
}

/// One of some words.
pub(super) fn choice<T: Copy>(words: &[(&'static str, T)]) -> impl Fn(&Value) -> Result<T, Faults> {
    move |value| {
        let word = value.as_str().ok_or_else(|| wrong_type("A text"))?;
        let chosen = words.iter().find(|(name, _)| *name == word);
        chosen.map(|(_, it)| *it).ok_or_else(|| {
            let names: Vec<_> = words.iter().map(|(name, _)| *name).collect();
            one("not_allowed", format!("Expected one of: {}.", names.join(", ")))
        })
    }
}

/// The index of the first of `items` that repeats an earlier one.
pub(super) fn first_repeated<'t>(items: impl IntoIterator<Item = &'t str>) -> Option<usize> {
    let mut seen = std::collections::HashSet::new();
    items.into_iter().position(|item| !seen.insert(item))
}

fn one(code: &'static str, detail: impl Into<String>) -> Faults {
    vec![FieldError::new("", code, detail)]
}

fn wrong_type(expected: &str) -> Faults {
    one("wrong_type", format!("{expected} was expected."))
}

fn out_of_range(least: impl std::fmt::Display, most: impl std::fmt::Display) -> Faults {
    one("out_of_range", format!("A number from {least} to {most} was expected."))
}

fn pointer(name: &str) -> String {
    let start: String = name.chars().take(MOST_OF_A_NAME).collect();
    start.replace('~', "~0").replace('/', "~1")
}
