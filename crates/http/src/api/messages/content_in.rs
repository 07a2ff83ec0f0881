//! Reads objects in which `type` names the object beside it, and gathers every fault.

use serde_json::{Map, Value};
use std::fmt::Display;
use wagate_model::{Content, FieldError, content::ContentKind};

/// The longest part of an unknown field's name that is repeated.
const MOST_OF_A_NAME: usize = 100;
/// Enough to repair a request by.
const MOST_FAULTS: usize = 50;

/// The fields of an object while they are read.
pub(crate) struct Fields<'v> {
    object: &'v Map<String, Value>,
    known: Vec<&'static str>,
    faults: Vec<FieldError>,
}

impl<'v> Fields<'v> {
    /// Begins to read an object.
    pub(crate) fn of(object: &'v Map<String, Value>) -> Self {
        Self { object, known: Vec::new(), faults: Vec::new() }
    }

    /// A text that must be there, read by `read`.
    pub(crate) fn needed<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&str) -> Result<T, FieldError>,
    ) -> Option<T> {
        if self.take(name).is_none() {
            self.faults.push(FieldError::required(name));
            return None;
        }
        self.text(name, read)
    }

    /// A text that may be left out or `null`.
    pub(crate) fn optional<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&str) -> Result<T, FieldError>,
    ) -> Option<T> {
        self.take(name).filter(|value| !value.is_null())?;
        self.text(name, read)
    }

    /// An object that may be left out or `null`.
    pub(crate) fn object(&mut self, name: &'static str) -> Map<String, Value> {
        match self.take(name) {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(object)) => object.clone(),
            Some(_) => {
                self.faults.push(FieldError::new(name, "wrong_type", "An object was expected."));
                Map::new()
            }
        }
    }

    /// An object that may be left out or `null`, read field by field.
    pub(crate) fn given_object<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Fields<'v>) -> Option<T>,
    ) -> Option<T> {
        match self.take(name) {
            None | Some(Value::Null) => None,
            Some(Value::Object(object)) => {
                let mut inner = Fields::of(object);
                let read = read(&mut inner);
                let finished = inner.finish(read);
                finished.map_err(|faults| self.faults.extend(faults.into_iter().map(|it| it.within(name)))).ok()
            }
            Some(_) => {
                self.fault(FieldError::new(name, "wrong_type", "An object was expected."));
                None
            }
        }
    }

    /// A list of at most `most` entries that may be left out or `null`. `read` sees what stands
    /// before an entry.
    pub(crate) fn given_list<T>(
        &mut self,
        name: &'static str,
        most: usize,
        read: impl Fn(&Value, &[T]) -> Result<T, FieldError>,
    ) -> Option<Vec<T>> {
        let items = match self.take(name) {
            None | Some(Value::Null) => return None,
            Some(Value::Array(items)) if items.len() <= most => items,
            Some(Value::Array(_)) => {
                self.fault(FieldError::new(name, "too_many", format!("At most {most} are allowed.")));
                return None;
            }
            Some(_) => {
                self.fault(FieldError::new(name, "wrong_type", "A list was expected."));
                return None;
            }
        };
        let mut list = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            match read(item, &list) {
                Ok(item) => list.push(item),
                Err(fault) => self.fault(fault.within(&index.to_string()).within(name)),
            }
        }
        Some(list)
    }

    /// `true` or `false`; left out or `null` it is `false`.
    pub(crate) fn flag(&mut self, name: &'static str) -> bool {
        match self.take(name) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(flag)) => *flag,
            Some(_) => {
                self.fault(FieldError::new(name, "wrong_type", "true or false was expected."));
                false
            }
        }
    }

    /// Notes a fault.
    pub(crate) fn fault(&mut self, fault: FieldError) {
        self.faults.push(fault);
    }

    /// The object that `type` names. Every other type's object is a fault.
    pub(crate) fn content(&mut self) -> Option<Content> {
        let kind = self.needed("type", kind);
        for other in ContentKind::ALL.iter().filter(|other| Some(**other) != kind) {
            if self.take(other.as_str()).is_some()
                && let Some(kind) = kind
            {
                let detail = format!("`type` is `{kind}`, so only `{kind}` may stand beside it.");
                self.faults.push(FieldError::new(other.as_str(), "not_allowed", detail));
            }
        }
        let Some(body) = self.take(kind?.as_str()) else {
            self.faults.push(FieldError::required(kind?.as_str()));
            return None;
        };
        Content::parse(kind?, body).map_err(|faults| self.faults.extend(faults)).ok()
    }

    /// What was read, unless there was a fault. Fields that nobody asked for are faults too.
    pub(crate) fn finish<T>(mut self, read: Option<T>) -> Result<T, Vec<FieldError>> {
        let unknown = self.object.keys().filter(|key| !self.known.contains(&key.as_str()));
        for key in unknown.take(MOST_FAULTS) {
            let name: String = key.chars().take(MOST_OF_A_NAME).collect();
            let name = name.replace('~', "~0").replace('/', "~1");
            self.faults.push(FieldError::new(name, "unknown_field", "This field is not known here."));
        }
        self.faults.truncate(MOST_FAULTS);
        read.filter(|_| self.faults.is_empty()).ok_or(self.faults)
    }

    fn text<T>(&mut self, name: &'static str, read: impl FnOnce(&str) -> Result<T, FieldError>) -> Option<T> {
        let text = self.take(name).and_then(Value::as_str);
        let text = text.ok_or_else(|| FieldError::new("", "wrong_type", "A text was expected."));
        text.and_then(read).map_err(|fault| self.faults.push(fault.within(name))).ok()
    }

    fn take(&mut self, name: &'static str) -> Option<&'v Value> {
        if !self.known.contains(&name) {
            self.known.push(name);
        }
        self.object.get(name)
    }
}

/// A text of the form that `T` has, with `T`'s own words if it has another.
pub(crate) fn form<T: std::str::FromStr<Err: Display>>(text: &str) -> Result<T, FieldError> {
    text.parse().map_err(|error: T::Err| FieldError::format("", error.to_string()))
}

fn kind(word: &str) -> Result<ContentKind, FieldError> {
    let kind = word.parse::<ContentKind>().ok().filter(|kind| kind.is_written());
    kind.ok_or_else(|| {
        let words = ContentKind::ALL.iter().filter(|kind| kind.is_written()).map(|kind| kind.as_str());
        FieldError::new("", "not_allowed", format!("Expected one of: {}.", words.collect::<Vec<_>>().join(", ")))
    })
}
