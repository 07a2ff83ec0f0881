//! SQLite's one connection that writes, which transactions take in turn.
//!
//! It is no pool: a pool asks a connection whether it still lives, before and after each use, and each
//! question goes to the connection's thread and back while others wait to write.

use sqlx::{Connection as _, Database, Error, Sqlite, SqliteConnection, sqlite::SqliteConnectOptions};
use sqlx_core::transaction::TransactionManager as _;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    time::timeout,
};

type Transactions = <Sqlite as Database>::TransactionManager;

/// The connection, and how to open it again.
#[derive(Debug, Clone)]
pub(crate) struct SqliteWriter {
    options: Arc<SqliteConnectOptions>,
    slot: Arc<Mutex<Slot>>,
    patience: Duration,
}

#[derive(Debug)]
enum Slot {
    Open(SqliteConnection),
    /// Its thread ended; the next one who writes opens another.
    Lost,
    /// For good.
    Closed,
}

impl SqliteWriter {
    /// Opens the connection. Whoever waits for it longer than `patience` gives up.
    pub(crate) async fn open(options: SqliteConnectOptions, patience: Duration) -> Result<Self, Error> {
        let connection = SqliteConnection::connect_with(&options).await?;
        Ok(Self { options: Arc::new(options), slot: Arc::new(Mutex::new(Slot::Open(connection))), patience })
    }

    async fn lock(&self) -> Result<OwnedMutexGuard<Slot>, Error> {
        let locked = timeout(self.patience, self.slot.clone().lock_owned()).await;
        let mut slot = locked.map_err(|_elapsed| Error::PoolTimedOut)?;
        if matches!(*slot, Slot::Lost) {
            *slot = Slot::Open(SqliteConnection::connect_with(&self.options).await?);
        }
        Ok(slot)
    }

    /// Begins a transaction that writes; it waits for the one before it.
    pub(crate) async fn begin(&self) -> Result<SqliteTx, Error> {
        let mut tx = SqliteTx { slot: self.lock().await?, is_open: false };
        // IMMEDIATE: a transaction that turns from reading to writing later could fail.
        let begun = Transactions::begin(tx.connection()?, Some(sqlx::SqlStr::from_static("BEGIN IMMEDIATE"))).await;
        if matches!(begun, Err(Error::WorkerCrashed)) {
            *tx.slot = Slot::Lost;
        }
        begun?;
        tx.is_open = true;
        Ok(tx)
    }

    /// Runs statements that take no values, not in a transaction unless they begin one.
    pub(crate) async fn script(&self, script: &str) -> Result<(), Error> {
        let mut tx = SqliteTx { slot: self.lock().await?, is_open: false };
        sqlx::raw_sql(sqlx::AssertSqlSafe(script)).execute(tx.connection()?).await.map(drop)
    }

    /// Closes the connection once nobody writes any more.
    pub(crate) async fn close(&self) {
        let mut slot = self.slot.lock().await;
        if let Slot::Open(connection) = std::mem::replace(&mut *slot, Slot::Closed)
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "the connection that writes was not closed well");
        }
    }
}

/// A transaction on the one connection: rolled back when dropped, unless committed.
#[derive(Debug)]
pub(crate) struct SqliteTx {
    slot: OwnedMutexGuard<Slot>,
    is_open: bool,
}

impl SqliteTx {
    /// Where its statements run.
    pub(crate) fn connection(&mut self) -> Result<&mut SqliteConnection, Error> {
        match &mut *self.slot {
            Slot::Open(connection) => Ok(connection),
            Slot::Lost => Err(Error::WorkerCrashed),
            Slot::Closed => Err(Error::PoolClosed),
        }
    }

    pub(crate) async fn commit(mut self) -> Result<(), Error> {
        Transactions::commit(self.connection()?).await?;
        self.is_open = false;
        Ok(())
    }
}

impl Drop for SqliteTx {
    fn drop(&mut self) {
        if let (true, Slot::Open(connection)) = (self.is_open, &mut *self.slot) {
            // The connection's thread does it before anything that comes later.
            Transactions::start_rollback(connection);
        }
    }
}
