//! Words of closed sets.

use serde::{Deserialize, Deserializer, de::Error as _};
use std::{fmt::Display, str::FromStr};

/// A word that a `T` is written as. (Serde's own reading of enums would take `{"word":null}` too.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word<T>(pub(crate) T);

impl<'de, T: FromStr<Err: Display>> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        word.parse().map(Self).map_err(|error| D::Error::custom(format!("not_allowed: {error}")))
    }
}

/// Words with commas between them, as queries have lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words<T>(pub(crate) Vec<T>);

impl<T> Default for Words<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: FromStr<Err: Display>> Deserialize<'de> for Words<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = String::deserialize(deserializer)?;
        let read: Result<_, _> = words.split(',').filter(|_| !words.is_empty()).map(str::parse).collect();
        read.map(Self).map_err(|error| D::Error::custom(format!("not_allowed: {error}")))
    }
}
