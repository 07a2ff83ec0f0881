//! Reading a row of either dialect.

use crate::{Result, StoreError};
use sqlx::Row as _;
use std::{fmt::Display, str::FromStr};
use wagate_model::Timestamp;

/// One row of an answer.
#[derive(Debug)]
pub enum Row {
    /// From MySQL.
    MySql(sqlx::mysql::MySqlRow),
    /// From SQLite.
    Sqlite(sqlx::sqlite::SqliteRow),
}

/// Reads one column whatever its declared type is: MySQL calls texts in `utf8mb4_bin` binary.
macro_rules! read {
    ($row:expr, $column:expr, $type:ty) => {
        match $row {
            Row::MySql(row) => row.try_get_unchecked::<Option<$type>, _>($column),
            Row::Sqlite(row) => row.try_get_unchecked::<Option<$type>, _>($column),
        }
        .map_err(|error| unreadable($column, error))
    };
}

fn unreadable(column: &str, detail: impl Display) -> StoreError {
    StoreError::Unreadable { column: column.to_owned(), detail: detail.to_string() }
}

fn present<T>(column: &str, value: Option<T>) -> Result<T> {
    value.ok_or_else(|| unreadable(column, "it is NULL"))
}

impl Row {
    /// A whole number that may be missing.
    pub fn opt_int(&self, column: &str) -> Result<Option<i64>> {
        read!(self, column, i64)
    }

    /// A whole number.
    pub fn int(&self, column: &str) -> Result<i64> {
        present(column, self.opt_int(column)?)
    }

    /// A count.
    pub fn count(&self, column: &str) -> Result<u32> {
        u32::try_from(self.int(column)?).map_err(|error| unreadable(column, error))
    }

    /// Yes or no.
    pub fn flag(&self, column: &str) -> Result<bool> {
        Ok(self.int(column)? != 0)
    }

    /// A time.
    pub fn time(&self, column: &str) -> Result<Timestamp> {
        self.int(column).map(Timestamp)
    }

    /// A time that may be missing.
    pub fn opt_time(&self, column: &str) -> Result<Option<Timestamp>> {
        Ok(self.opt_int(column)?.map(Timestamp))
    }

    /// A text that may be missing.
    pub fn opt_text(&self, column: &str) -> Result<Option<String>> {
        read!(self, column, String)
    }

    /// A text.
    pub fn text(&self, column: &str) -> Result<String> {
        present(column, self.opt_text(column)?)
    }

    /// Bytes.
    pub fn bytes(&self, column: &str) -> Result<Vec<u8>> {
        present(column, self.opt_bytes(column)?)
    }

    /// Bytes that may be missing.
    pub fn opt_bytes(&self, column: &str) -> Result<Option<Vec<u8>>> {
        read!(self, column, Vec<u8>)
    }

    /// An id, enum or address from its text, if there is one.
    pub fn opt_word<T: FromStr<Err: Display>>(&self, column: &str) -> Result<Option<T>> {
        self.opt_text(column)?.map(|text| text.parse().map_err(|error| unreadable(column, error))).transpose()
    }

    /// An id, enum or address from its text.
    pub fn word<T: FromStr<Err: Display>>(&self, column: &str) -> Result<T> {
        present(column, self.opt_word(column)?)
    }

    /// A value stored as JSON text.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: &str) -> Result<T> {
        serde_json::from_str(&self.text(column)?).map_err(|error| unreadable(column, error))
    }
}
