//! `restores`, and what a database that came from a backup needs before a gateway may use it.

use crate::{
    Database, Result, in_transaction,
    sql::{On, sql},
};
use wagate_model::Timestamp;

/// Marks a database as restored: nobody holds a lease or a turn, no request is under way, and what
/// providers keep from before `now` is known to be old. Messages whose attempt was started are left:
/// as after a crash, nobody knows what came of it.
pub async fn mark(database: &Database, backup_at: Timestamp, now: Timestamp) -> Result<()> {
    in_transaction!(database, |tx| {
        for statement in [
            // A higher epoch: nothing that was begun under the old one counts.
            "UPDATE account_leases SET owner = NULL, until = 0, epoch = epoch + 1",
            "UPDATE endpoint_leases SET owner = NULL, until = 0, epoch = epoch + 1",
            "DELETE FROM nodes",
            "DELETE FROM job_turns",
            "UPDATE idempotency_keys SET lease_until = 0 WHERE lease_until IS NOT NULL",
        ] {
            sql(statement).run(tx).await?;
        }
        let suffix = tx.dialect().replace_existing("restored_at", &["backup_at"]);
        let text = format!("INSERT INTO restores (restored_at, backup_at) VALUES (?, ?) {suffix}");
        sql(text).bind(now).bind(backup_at).run(tx).await.map(drop)
    })
}

/// When the database was last put in place from a backup; `None` if never.
pub async fn last(on: impl Into<On<'_>>) -> Result<Option<Timestamp>> {
    sql("SELECT MAX(restored_at) AS at FROM restores").one(on).await?.opt_time("at")
}
