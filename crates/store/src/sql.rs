//! One statement, bound and run on either dialect.

use crate::{
    Database, Result, StoreError, Tx, database,
    row::Row,
    tx,
    value::{IntoValue, Value},
};
use sqlx::{AssertSqlSafe, MySql, Sqlite, query::Query};
use std::time::{Duration, Instant};

/// A statement with its values. Both dialects take `?`.
#[derive(Debug)]
pub struct Statement {
    text: String,
    values: Vec<Value>,
}

/// Begins a statement. `text` is written in our code, never made from input: values are bound.
pub fn sql(text: impl Into<String>) -> Statement {
    Statement { text: text.into(), values: Vec::new() }
}

/// `?, ?, ?`: the marks for `count` values.
pub(crate) fn marks(count: usize) -> String {
    let mut marks = "?, ".repeat(count);
    marks.truncate(marks.len().saturating_sub(2));
    marks
}

/// The values of an `IN`, the last one repeated up to a power of two: a few fixed lengths, so that
/// statements stay prepared.
pub(crate) fn padded<T: Clone>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.into_iter().collect();
    if let Some(last) = values.last().cloned() {
        values.resize(values.len().next_power_of_two(), last);
    }
    values
}

/// Where a statement runs: on any connection for reading, or inside a write transaction.
#[derive(Debug)]
pub enum On<'a> {
    /// A connection for reading.
    Database(&'a Database),
    /// A write transaction.
    Tx(&'a mut Tx),
}

impl<'a> From<&'a Database> for On<'a> {
    fn from(database: &'a Database) -> Self {
        Self::Database(database)
    }
}

impl<'a> From<&'a mut Tx> for On<'a> {
    fn from(tx: &'a mut Tx) -> Self {
        Self::Tx(tx)
    }
}

macro_rules! bound {
    ($dialect:ty, $name:ident) => {
        fn $name(self) -> Query<'static, $dialect, <$dialect as sqlx::Database>::Arguments> {
            let query = sqlx::query::<$dialect>(AssertSqlSafe(self.text));
            self.values.into_iter().fold(query, |query, value| match value {
                Value::Null => query.bind(None::<String>),
                Value::Int(number) => query.bind(number),
                Value::Text(text) => query.bind(text),
                Value::Bytes(bytes) => query.bind(bytes),
            })
        }
    };
}

impl Statement {
    bound!(MySql, mysql);
    bound!(Sqlite, sqlite);

    /// Binds the next value.
    #[must_use]
    pub fn bind(mut self, value: impl IntoValue) -> Self {
        self.values.push(value.into_value());
        self
    }

    /// Binds the next values.
    #[must_use]
    pub fn bind_all<T: IntoValue>(mut self, values: impl IntoIterator<Item = T>) -> Self {
        self.values.extend(values.into_iter().map(T::into_value));
        self
    }

    /// Adds to the text, for conditions that are not always there.
    #[must_use]
    pub fn and(mut self, text: &str) -> Self {
        self.text.push(' ');
        self.text.push_str(text);
        self
    }

    /// Adds `LIMIT` with the number in the text: SQLite plans a statement anew whenever a bound limit is
    /// bound again. For few different numbers, since each is a statement of its own.
    #[must_use]
    pub(crate) fn limit(self, rows: u32) -> Self {
        self.and(&format!("LIMIT {rows}"))
    }

    /// All rows of the answer.
    pub async fn all(self, on: impl Into<On<'_>>) -> Result<Vec<Row>> {
        let watch = Watch::start(&self.text);
        let rows = match on.into() {
            On::Database(database) => match &database.inner {
                database::Inner::MySql(pool) => mysql_rows(self.mysql().fetch_all(pool).await?),
                database::Inner::Sqlite { read, .. } => sqlite_rows(self.sqlite().fetch_all(read).await?),
            },
            On::Tx(tx) => match &mut tx.inner {
                tx::Inner::MySql(tx) => mysql_rows(self.mysql().fetch_all(&mut **tx).await?),
                tx::Inner::Sqlite(tx) => sqlite_rows(self.sqlite().fetch_all(tx.connection()?).await?),
            },
        };
        watch.end();
        Ok(rows)
    }

    /// The first row of the answer, if there is one.
    pub async fn optional(self, on: impl Into<On<'_>>) -> Result<Option<Row>> {
        Ok(self.all(on).await?.into_iter().next())
    }

    /// The one row that the answer must have.
    pub async fn one(self, on: impl Into<On<'_>>) -> Result<Row> {
        self.optional(on).await?.ok_or(StoreError::Refused(sqlx::Error::RowNotFound))
    }

    /// Runs it inside the transaction; answers how many rows it matched.
    pub async fn run(self, tx: &mut Tx) -> Result<u64> {
        let watch = Watch::start(&self.text);
        let count = match &mut tx.inner {
            tx::Inner::MySql(tx) => self.mysql().execute(&mut **tx).await?.rows_affected(),
            tx::Inner::Sqlite(tx) => self.sqlite().execute(tx.connection()?).await?.rows_affected(),
        };
        watch.end();
        Ok(count)
    }
}

fn mysql_rows(rows: Vec<sqlx::mysql::MySqlRow>) -> Vec<Row> {
    rows.into_iter().map(Row::MySql).collect()
}

fn sqlite_rows(rows: Vec<sqlx::sqlite::SqliteRow>) -> Vec<Row> {
    rows.into_iter().map(Row::Sqlite).collect()
}

/// Warns of a statement that took long. Only its text is logged, never its values.
struct Watch {
    began: Instant,
    text: Option<String>,
}

impl Watch {
    fn start(text: &str) -> Self {
        let is_wanted = tracing::enabled!(tracing::Level::WARN);
        Self { began: Instant::now(), text: is_wanted.then(|| text.chars().take(300).collect()) }
    }

    fn end(self) {
        let took = self.began.elapsed();
        if took > slow_after()
            && let Some(statement) = self.text
        {
            tracing::warn!(took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX), statement, "slow query");
        }
    }
}

static SLOW_AFTER_MS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(500);

/// Sets from how long on a statement is logged as slow, for the whole process.
pub fn warn_of_queries_slower_than(limit: Duration) {
    let limit = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
    SLOW_AFTER_MS.store(limit, std::sync::atomic::Ordering::Relaxed);
}

fn slow_after() -> Duration {
    Duration::from_millis(SLOW_AFTER_MS.load(std::sync::atomic::Ordering::Relaxed))
}
