//! The job that forgets idempotency keys after 24 hours, in small batches.

use crate::Engine;
use std::time::Duration;
use wagate_store::{idempotency, in_transaction};

/// The job's name in logs and metrics.
const NAME: &str = "idempotency_cleaner";
/// How often it looks.
const EVERY: Duration = Duration::from_mins(10);
/// How long keys are kept at least.
const KEPT: Duration = Duration::from_hours(24);
/// Most rows of one transaction.
const BATCH: u32 = 200;

/// Forgets old keys until the engine stops.
pub(crate) async fn run(engine: Engine) {
    while engine.stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some() {
        metrics::counter!("wagate_job_runs_total", "job" => NAME).increment(1);
        if let Err(error) = clean(&engine).await {
            tracing::warn!(job = NAME, %error, "old idempotency keys were not deleted");
        }
    }
}

/// Deletes all rows that are old enough, a batch at a time, so that nobody waits long for a lock.
pub(super) async fn clean(engine: &Engine) -> wagate_store::Result<()> {
    let before = engine.clock.now().minus(KEPT);
    while !engine.stop.is_cancelled() {
        let deleted = in_transaction!(engine.database, |tx| {
            idempotency::delete_older_any_workspace(tx, before, BATCH).await
        })?;
        if deleted < u64::from(BATCH) {
            break;
        }
    }
    Ok(())
}
