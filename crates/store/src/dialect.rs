//! All that MySQL and SQLite say differently.

use crate::{
    Result, Tx,
    sql::{marks, sql},
    value::Value,
};

/// Which SQL is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// MySQL, MariaDB, Galera and `TiDB`.
    MySql,
    /// SQLite.
    Sqlite,
}

impl Dialect {
    /// The present time in milliseconds.
    pub const fn now_ms(self) -> &'static str {
        match self {
            Self::MySql => "CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)",
            Self::Sqlite => "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
        }
    }

    /// At the end of a `SELECT`: keeps the rows from being changed by others until the commit.
    /// SQLite has one writer, so it needs no such words.
    pub const fn for_update(self) -> &'static str {
        match self {
            Self::MySql => "FOR UPDATE",
            Self::Sqlite => "",
        }
    }

    /// At the end of a `SELECT`: others may read the rows but not change them until the commit.
    pub const fn for_share(self) -> &'static str {
        match self {
            Self::MySql => "LOCK IN SHARE MODE",
            Self::Sqlite => "",
        }
    }

    /// At the end of an `INSERT`: a row whose unique key is taken is left as it is. Other errors
    /// stay errors, which `INSERT IGNORE` would hide.
    pub fn keep_existing(self, key: &str) -> String {
        match self {
            Self::MySql => format!("ON DUPLICATE KEY UPDATE {key} = {key}"),
            Self::Sqlite => "ON CONFLICT DO NOTHING".to_owned(),
        }
    }

    /// At the end of an `INSERT`: what a row with the same `keys` has in `column` grows by the new value.
    pub(crate) fn add_to_existing(self, keys: &str, column: &str) -> String {
        match self {
            Self::MySql => format!("ON DUPLICATE KEY UPDATE {column} = {column} + VALUES({column})"),
            Self::Sqlite => format!("ON CONFLICT ({keys}) DO UPDATE SET {column} = {column} + excluded.{column}"),
        }
    }

    /// At the end of an `INSERT`: how it goes on for a row whose `keys` are there already; assignments
    /// follow. They are made one after the other on MySQL, and see what the earlier ones wrote.
    pub(crate) fn change_existing(self, keys: &str) -> String {
        match self {
            Self::MySql => "ON DUPLICATE KEY UPDATE".to_owned(),
            Self::Sqlite => format!("ON CONFLICT ({keys}) DO UPDATE SET"),
        }
    }

    /// In such an assignment: the value that would have been inserted.
    pub(crate) fn new_value(self, column: &str) -> String {
        match self {
            Self::MySql => format!("VALUES({column})"),
            Self::Sqlite => format!("excluded.{column}"),
        }
    }

    /// At the end of an `INSERT`: a row with the same `keys` gets the new values of `columns`.
    pub fn replace_existing(self, keys: &str, columns: &[&str]) -> String {
        let set = |new: fn(&str) -> String| {
            columns.iter().map(|column| format!("{column} = {}", new(column))).collect::<Vec<_>>().join(", ")
        };
        match self {
            Self::MySql => format!("ON DUPLICATE KEY UPDATE {}", set(|column| format!("VALUES({column})"))),
            Self::Sqlite => {
                format!("ON CONFLICT ({keys}) DO UPDATE SET {}", set(|column| format!("excluded.{column}")))
            }
        }
    }
}

/// Rows that one statement takes, at most.
const LARGEST_CHUNK: usize = 128;

impl Dialect {
    /// How many of `rows` the next statement takes: a few fixed sizes, so that statements stay
    /// prepared. SQLite's cost its own memory only, so it has one of each size up to 32, and a batch is
    /// mostly one statement; a MySQL server counts those of all its connections together.
    const fn chunk(self, rows: usize) -> usize {
        match (self, rows) {
            (_, LARGEST_CHUNK..) => LARGEST_CHUNK,
            (Self::Sqlite, 1..=32) => rows,
            (Self::Sqlite, 33..) => rows / 16 * 16,
            (_, 0) => 0,
            (Self::MySql, _) => 1 << rows.ilog2(),
        }
    }
}

/// Splits rows into the fixed sizes, the largest first.
fn chunks(dialect: Dialect, mut rows: Vec<Vec<Value>>) -> impl Iterator<Item = Vec<Vec<Value>>> {
    std::iter::from_fn(move || {
        let rest = rows.split_off(dialect.chunk(rows.len()));
        Some(std::mem::replace(&mut rows, rest)).filter(|chunk| !chunk.is_empty())
    })
}

/// Inserts rows, many in one statement; each row has one value for each of `columns`.
/// `suffix` is empty or one of [`Dialect::keep_existing`] and [`Dialect::replace_existing`].
pub(crate) async fn insert_many(
    tx: &mut Tx,
    table: &str,
    columns: &[&str],
    suffix: &str,
    rows: Vec<Vec<Value>>,
) -> Result<()> {
    let row = format!("({})", marks(columns.len()));
    for chunk in chunks(tx.dialect(), rows) {
        let all_rows = vec![row.as_str(); chunk.len()].join(", ");
        let text = format!("INSERT INTO {table} ({}) VALUES {all_rows} {suffix}", columns.join(", "));
        sql(text).bind_all(chunk.into_iter().flatten()).run(tx).await?;
    }
    Ok(())
}

/// Updates rows by their `key`, many in one statement; each row has the key's value first and
/// then one for each of `columns`.
pub(crate) async fn update_many(
    tx: &mut Tx,
    table: &str,
    key: &str,
    columns: &[&str],
    rows: Vec<Vec<Value>>,
) -> Result<()> {
    for chunk in chunks(tx.dialect(), rows) {
        let text = update_text(tx.dialect(), table, key, columns, chunk.len());
        sql(text).bind_all(chunk.into_iter().flatten()).run(tx).await?;
    }
    Ok(())
}

fn update_text(dialect: Dialect, table: &str, key: &str, columns: &[&str], count: usize) -> String {
    let names: Vec<String> = (0..=columns.len()).map(|i| format!("? AS v{i}")).collect();
    let first = format!("SELECT {}", names.join(", "));
    let next = format!(" UNION ALL SELECT {}", marks(columns.len() + 1)).repeat(count - 1);
    let set = |prefix: &str| {
        let pairs = columns.iter().enumerate();
        pairs.map(|(i, column)| format!("{prefix}{column} = news.v{}", i + 1)).collect::<Vec<_>>().join(", ")
    };
    match dialect {
        Dialect::MySql => format!(
            "UPDATE {table} JOIN ({first}{next}) news ON {table}.{key} = news.v0 SET {}",
            set(&format!("{table}."))
        ),
        Dialect::Sqlite => {
            format!("UPDATE {table} SET {} FROM ({first}{next}) AS news WHERE {table}.{key} = news.v0", set(""))
        }
    }
}
