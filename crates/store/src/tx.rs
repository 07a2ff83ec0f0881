//! A write transaction on either dialect.

use crate::{Result, dialect::Dialect, messages::Known, sqlite_writer::SqliteTx};
use sqlx::{MySql, Transaction};
use std::fmt;

/// A write transaction: rolled back when dropped, unless committed.
pub struct Tx {
    pub(crate) inner: Inner,
    /// What the messages that are locked in here count as.
    pub(crate) known: Known,
    after_commit: Vec<AfterCommit>,
}

/// What is done once a transaction is committed.
type AfterCommit = Box<dyn FnOnce() + Send>;

impl fmt::Debug for Tx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tx").field("inner", &self.inner).finish_non_exhaustive()
    }
}

#[derive(Debug)]
pub(crate) enum Inner {
    MySql(Transaction<'static, MySql>),
    Sqlite(SqliteTx),
}

impl Tx {
    pub(crate) fn new(inner: Inner) -> Self {
        Self { inner, known: Known::default(), after_commit: Vec::new() }
    }

    /// Does something once this is committed, and never if it is rolled back: for bells. A commit whose
    /// answer was lost rings none.
    pub fn after_commit(&mut self, done: impl FnOnce() + Send + 'static) {
        self.after_commit.push(Box::new(done));
    }

    /// Which dialect its statements must speak.
    pub const fn dialect(&self) -> Dialect {
        match self.inner {
            Inner::MySql(_) => Dialect::MySql,
            Inner::Sqlite(_) => Dialect::Sqlite,
        }
    }

    /// Makes everything that was done in it durable.
    ///
    /// # Errors
    ///
    /// After `Unreachable` nobody knows whether it was committed: read back what it wrote.
    pub async fn commit(self) -> Result<()> {
        match self.inner {
            Inner::MySql(tx) => tx.commit().await?,
            Inner::Sqlite(tx) => tx.commit().await?,
        }
        self.after_commit.into_iter().for_each(|done| done());
        Ok(())
    }
}

/// How often a transaction that met another one is tried.
pub const CONFLICT_TRIES: u32 = 10;

/// Runs `$body` in a write transaction called `$tx` and commits it; again from the start when it
/// met another transaction. `$body` is an async block's inside that ends in a `store::Result`.
#[macro_export]
macro_rules! in_transaction {
    ($database:expr, |$tx:ident| $body:expr) => {{
        let mut tries = 0_u32;
        loop {
            tries += 1;
            let attempt = async {
                let mut transaction = $database.begin().await?;
                let done: $crate::Result<_> = {
                    let $tx: &mut $crate::Tx = &mut transaction;
                    $body
                };
                let value = done?;
                transaction.commit().await?;
                $crate::Result::Ok(value)
            };
            match attempt.await {
                Err(error) if error.is_conflict() && tries < $crate::tx::CONFLICT_TRIES => {
                    $crate::database::conflict_pause(tries).await;
                }
                outcome => break outcome,
            }
        }
    }};
}
