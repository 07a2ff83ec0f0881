//! The connections: one pool on MySQL; on SQLite several readers and the one writer.

use crate::{Result, StoreError, Tx, dialect::Dialect, sql::sql, sqlite_writer::SqliteWriter, tx};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection as _,
    mysql::{MySqlConnectOptions, MySqlPool, MySqlPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous},
};
use std::{str::FromStr, time::Duration};
use wagate_model::Timestamp;

/// How to reach the database.
#[derive(Debug, Clone)]
pub struct DatabaseOptions {
    /// `sqlite:PATH` or `mysql://USER:PASSWORD@HOST:PORT/NAME`.
    pub url: String,
    /// Most connections; on SQLite the number of readers.
    pub connections: u32,
}

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Database {
    pub(crate) inner: Inner,
}

#[derive(Debug, Clone)]
pub(crate) enum Inner {
    MySql(MySqlPool),
    Sqlite { read: SqlitePool, write: SqliteWriter },
}

/// How long a request waits for a connection before the database counts as unreachable.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long SQLite waits for another process's write.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Statements kept prepared per connection.
const PREPARED: usize = 400;
/// How long a connection to MySQL may have been unused before it is asked whether it still lives.
const TRUSTED_FOR: Duration = Duration::from_secs(1);
/// How much of an SQLite database the connection that writes keeps in memory, in KiB. What is
/// written touches one page of each index, anywhere in it.
const WRITER_CACHE_KIB: u32 = 16 * 1024;
/// Pages of 4 KiB after which SQLite carries its log over into the database. Each carries over what
/// changed several times only once, and waits for the disk.
const CHECKPOINT_PAGES: u32 = 4_000;

impl Database {
    /// Connects, and on SQLite creates the file if there is none. Does not migrate.
    pub async fn connect(options: &DatabaseOptions) -> Result<Self> {
        if options.url.starts_with("mysql:") {
            Self::connect_mysql(options).await
        } else if let Some(path) = options.url.strip_prefix("sqlite:") {
            Self::connect_sqlite(path.trim_start_matches("//"), options.connections).await
        } else {
            Err(StoreError::Schema("the database URL must begin with sqlite: or mysql:".to_owned()))
        }
    }

    async fn connect_mysql(options: &DatabaseOptions) -> Result<Self> {
        let connect = MySqlConnectOptions::from_str(&options.url)?
            .charset("utf8mb4")
            .collation("utf8mb4_bin")
            .statement_cache_capacity(PREPARED)
            .disable_statement_logging();
        let pool = MySqlPoolOptions::new()
            .max_connections(options.connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
            .before_acquire(|connection, used| {
                Box::pin(async move {
                    if used.idle_for > TRUSTED_FOR {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .after_connect(|connection, _| {
                Box::pin(async move {
                    sqlx::query("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED").execute(connection).await?;
                    Ok(())
                })
            })
            .connect_with(connect)
            .await?;
        Ok(Self { inner: Inner::MySql(pool) })
    }

    async fn connect_sqlite(path: &str, readers: u32) -> Result<Self> {
        let connect = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .statement_cache_capacity(PREPARED)
            .disable_statement_logging();
        let writing = connect
            .clone()
            .pragma("cache_size", format!("-{WRITER_CACHE_KIB}"))
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES.to_string())
            .pragma("temp_store", "memory")
            // What was erased is overwritten, not only let go.
            .pragma("secure_delete", "on");
        let write = SqliteWriter::open(writing, ACQUIRE_TIMEOUT).await?;
        let read = SqlitePoolOptions::new()
            .max_connections(readers.max(1))
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(connect.read_only(true))
            .await?;
        Ok(Self { inner: Inner::Sqlite { read, write } })
    }

    /// Which dialect it speaks.
    pub const fn dialect(&self) -> Dialect {
        match self.inner {
            Inner::MySql(_) => Dialect::MySql,
            Inner::Sqlite { .. } => Dialect::Sqlite,
        }
    }

    /// Begins a write transaction.
    pub async fn begin(&self) -> Result<Tx> {
        let inner = match &self.inner {
            Inner::MySql(pool) => tx::Inner::MySql(pool.begin().await?),
            Inner::Sqlite { write, .. } => tx::Inner::Sqlite(write.begin().await?),
        };
        Ok(Tx::new(inner))
    }

    /// The present time by the database's clock, by which leases are kept.
    pub async fn now(&self) -> Result<Timestamp> {
        sql(format!("SELECT {} AS now", self.dialect().now_ms())).one(self).await?.time("now")
    }

    /// Runs statements that take no values, as migrations are. Not in a transaction on MySQL,
    /// where changes of the schema end transactions.
    pub(crate) async fn script(&self, script: &str) -> Result<()> {
        match &self.inner {
            Inner::MySql(pool) => sqlx::raw_sql(AssertSqlSafe(script)).execute(pool).await.map(drop)?,
            Inner::Sqlite { write, .. } => write.script(script).await?,
        }
        Ok(())
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match &self.inner {
            Inner::MySql(pool) => pool.close().await,
            Inner::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
        }
    }
}

/// The pause before a transaction that met another one is tried again.
pub async fn conflict_pause(tries: u32) {
    tokio::time::sleep(Duration::from_millis(u64::from(tries) * 5)).await;
}
