//! The settings file: TOML, with keys spelled like the flags, flat or in tables.

use super::{Layer, Origin, SettingsError, layer::spelled};
use clap::Arg;
use std::path::Path;
use toml::{Table, Value};

/// Reads the file at `path`.
pub(super) fn read(path: &Path, settings: &[Arg]) -> Result<Layer, SettingsError> {
    let text =
        std::fs::read_to_string(path).map_err(|source| SettingsError::Unreadable { path: path.to_owned(), source })?;
    parse(path, &text, settings)
}

pub(super) fn parse(path: &Path, text: &str, settings: &[Arg]) -> Result<Layer, SettingsError> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        SettingsError::NotToml { path: path.to_owned(), line, reason: error.message().to_owned() }
    })?;
    let ids = settings.iter().map(|arg| arg.get_id().to_string()).collect();
    let mut reading = Reading { path, settings, ids, layer: Layer::default() };
    reading.table("", &table)?;
    Ok(reading.layer)
}

struct Reading<'a> {
    path: &'a Path,
    settings: &'a [Arg],
    ids: Vec<String>,
    layer: Layer,
}

impl Reading<'_> {
    fn table(&mut self, prefix: &str, table: &Table) -> Result<(), SettingsError> {
        for (name, value) in table {
            let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
            let id = key.replace(['.', '-'], "_");
            match value {
                Value::Table(table) if !self.ids.contains(&id) => {
                    if !self.ids.iter().any(|known| known.starts_with(&format!("{id}_"))) {
                        return Err(self.unknown(key, &id));
                    }
                    self.table(&key, table)?;
                }
                _ if !self.ids.contains(&id) => return Err(self.unknown(key, &id)),
                value => self.value(key, id, value)?,
            }
        }
        Ok(())
    }

    fn value(&mut self, key: String, id: String, value: &Value) -> Result<(), SettingsError> {
        let table = value.as_table().filter(|_| self.may_be_table(&id));
        let Some(text) = scalar(value).or_else(|| list(value)).or_else(|| pairs(table?)) else {
            return Err(self.wrong(key, "has a value that is no text, number, bool or list of texts".to_owned()));
        };
        let origin = Origin::File(self.path.to_owned());
        if self.layer.put(id, origin, text) {
            Ok(())
        } else {
            Err(self.wrong(key, "is set twice in different spellings".to_owned()))
        }
    }

    fn may_be_table(&self, id: &str) -> bool {
        let names = self.settings.iter().find(|arg| arg.get_id() == id).and_then(Arg::get_value_names);
        names.is_some_and(|names| names.iter().any(|name| name.as_str() == "LIMITS"))
    }

    fn unknown(&self, key: String, id: &str) -> SettingsError {
        let shared = |known: &str| known.bytes().zip(id.bytes()).take_while(|(a, b)| a == b).count();
        let nearest = self.ids.iter().max_by_key(|known| shared(known)).filter(|known| shared(known) >= 3);
        let hint = nearest.map(|known| format!("; did you mean `{}`?", spelled(known))).unwrap_or_default();
        self.wrong(key, format!("is no setting{hint}"))
    }

    fn wrong(&self, key: String, reason: String) -> SettingsError {
        SettingsError::Key { path: self.path.to_owned(), key, reason }
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Boolean(is) => Some(is.to_string()),
        _ => None,
    }
}

/// `NAME=VALUE`, separated by commas.
fn pairs(table: &Table) -> Option<String> {
    let pair = |(name, value): (&String, &Value)| Some(format!("{name}={}", scalar(value)?));
    let pairs: Option<Vec<_>> = table.iter().map(pair).collect();
    pairs.map(|pairs| pairs.join(","))
}

fn list(value: &Value) -> Option<String> {
    let items: Option<Vec<&str>> = value.as_array()?.iter().map(Value::as_str).collect();
    items.map(|items| items.join(","))
}
