//! A copy of an SQLite database as it stands, made while others use it.

use crate::{Database, Result, StoreError, dialect::Dialect, sql::sql};
use std::path::Path;

/// Writes the database as it stands now into `file`, which must be missing or empty. Others read and
/// write meanwhile.
///
/// # Errors
///
/// `Schema` on MySQL, whose own tools make such copies, and for a path that is not Unicode.
pub async fn write(database: &Database, file: &Path) -> Result<()> {
    if database.dialect() != Dialect::Sqlite {
        return Err(StoreError::Schema("only an SQLite database is copied by the gateway".to_owned()));
    }
    let path = file.to_str().ok_or_else(|| StoreError::Schema("the path of the copy is not Unicode".to_owned()))?;
    database.script(&format!("VACUUM INTO '{}'", path.replace('\'', "''"))).await
}

/// What is wrong with an SQLite database; empty if nothing is.
pub async fn faults(database: &Database) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for row in sql("PRAGMA integrity_check").all(database).await? {
        let line = row.text("integrity_check")?;
        if line != "ok" {
            faults.push(line);
        }
    }
    for row in sql("PRAGMA foreign_key_check").all(database).await? {
        faults.push(format!("a row of {} has no parent in {}", row.text("table")?, row.text("parent")?));
    }
    Ok(faults)
}
