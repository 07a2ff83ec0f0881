//! What a backup says of itself.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use wagate_model::Timestamp;

/// The form of the file that this version writes and reads.
const FORM: u32 = 1;

/// The first entry of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of the file.
    pub form: u32,
    /// The version of the program that wrote it.
    pub version: String,
    /// The version of the database's schema.
    pub schema_version: i64,
    /// When the copy of the database was begun.
    pub made_at: Timestamp,
    /// The names of the master keys without which the secrets in it cannot be opened.
    pub master_keys: BTreeSet<String>,
}

impl Manifest {
    /// That of a backup made now.
    pub fn new(schema_version: i64, made_at: Timestamp, master_keys: BTreeSet<String>) -> Self {
        Self { form: FORM, version: env!("CARGO_PKG_VERSION").to_owned(), schema_version, made_at, master_keys }
    }

    /// Refuses what a later version wrote.
    pub(super) fn check(&self, newest_schema: i64) -> anyhow::Result<()> {
        if self.form != FORM || self.schema_version > newest_schema {
            anyhow::bail!(
                "the backup was written by wagate {} (schema version {}); this one knows schema version {newest_schema}: use a newer wagate",
                self.version,
                self.schema_version
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_newer_version_wrote_is_refused() {
        let manifest = Manifest::new(3, Timestamp(0), BTreeSet::new());
        assert!(manifest.check(3).is_ok() && manifest.check(4).is_ok());
        assert!(manifest.check(2).unwrap_err().to_string().contains("newer wagate"));
        assert!(Manifest { form: 2, ..manifest }.check(3).is_err());
    }
}
