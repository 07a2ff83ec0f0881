//! The schema's versions, applied in order and recorded.

use crate::{Database, Result, StoreError, dialect::Dialect, sql::sql};

struct Migration {
    version: i64,
    name: &'static str,
    mysql: &'static str,
    sqlite: &'static str,
}

macro_rules! migrations {
    ($($version:literal => $name:literal),+ $(,)?) => {
        &[$(Migration {
            version: $version,
            name: $name,
            mysql: include_str!(concat!("../migrations/mysql/", $name, ".sql")),
            sqlite: include_str!(concat!("../migrations/sqlite/", $name, ".sql")),
        }),+]
    };
}

const MIGRATIONS: &[Migration] = migrations!(
    1 => "0001_spine",
    2 => "0002_retention",
    3 => "0003_restores",
    4 => "0004_expiry",
    5 => "0005_chats_and_contacts",
    6 => "0006_rate_limits",
    7 => "0007_media",
    8 => "0008_relations",
    9 => "0009_message_counts",
    10 => "0010_contact_imports",
    11 => "0011_erasures",
    12 => "0012_pacing",
);

const HISTORY: &str =
    "CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT NOT NULL PRIMARY KEY, name VARCHAR(100) NOT NULL)";

/// Brings the schema to this version's. Answers the names of what was applied.
///
/// # Errors
///
/// `Schema` if the database was migrated by a newer version.
pub async fn migrate(database: &Database) -> Result<Vec<&'static str>> {
    database.script(HISTORY).await?;
    let present = version(database).await?;
    let newest = MIGRATIONS.last().map_or(0, |migration| migration.version);
    if present > newest {
        return Err(StoreError::Schema(format!(
            "the database has schema version {present}, this program knows {newest}: run a newer wagate"
        )));
    }
    let mut applied = Vec::new();
    for migration in MIGRATIONS.iter().filter(|migration| migration.version > present) {
        apply(database, migration).await?;
        applied.push(migration.name);
    }
    Ok(applied)
}

/// Whether every migration of this version is applied.
pub async fn is_current(database: &Database) -> Result<bool> {
    Ok(version(database).await? == MIGRATIONS.last().map_or(0, |migration| migration.version))
}

/// The newest version that this program knows.
pub fn newest() -> i64 {
    MIGRATIONS.last().map_or(0, |migration| migration.version)
}

/// The version of a database's schema.
pub async fn version(database: &Database) -> Result<i64> {
    sql("SELECT COALESCE(MAX(version), 0) AS version FROM schema_migrations").one(database).await?.int("version")
}

/// On SQLite one transaction holds the change and its record. MySQL commits each change of the
/// schema by itself: a migration that broke off there must be mended by hand.
async fn apply(database: &Database, migration: &Migration) -> Result<()> {
    let record =
        format!("INSERT INTO schema_migrations (version, name) VALUES ({}, '{}');", migration.version, migration.name);
    match database.dialect() {
        Dialect::Sqlite => database.script(&format!("BEGIN IMMEDIATE;\n{}\n{record}\nCOMMIT;", migration.sqlite)).await,
        Dialect::MySql => database.script(&format!("{}\n{record}", migration.mysql)).await,
    }
}
