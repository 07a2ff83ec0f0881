//! `job_turns`: jobs that one node at a time should do. Two that do it at once must do no harm: a
//! turn saves work, it protects nothing.

use crate::{Database, Result, in_transaction, sql::sql};
use std::time::Duration;

/// Takes a job's turn, or prolongs the owner's own; answers whether it is the owner's now.
pub async fn take(database: &Database, job: &str, owner: &str, lasts: Duration) -> Result<bool> {
    let lasts = i64::try_from(lasts.as_millis()).unwrap_or(i64::MAX);
    in_transaction!(database, |tx| {
        let suffix = tx.dialect().keep_existing("job");
        sql(format!("INSERT INTO job_turns (job, owner, until) VALUES (?, ?, 0) {suffix}"))
            .bind(job)
            .bind(owner)
            .run(tx)
            .await?;
        let now = tx.dialect().now_ms();
        // What is read stays so until the commit.
        let text = format!(
            "SELECT owner FROM job_turns WHERE job = ? AND (owner = ? OR until < {now}) {}",
            tx.dialect().for_update()
        );
        if sql(text).bind(job).bind(owner).optional(&mut *tx).await?.is_none() {
            return Ok(false);
        }
        let text = format!("UPDATE job_turns SET owner = ?, until = {now} + ? WHERE job = ?");
        sql(text).bind(owner).bind(lasts).bind(job).run(tx).await?;
        Ok(true)
    })
}
