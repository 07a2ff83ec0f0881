//! The job that deletes windows that are long over, in small batches.

use crate::Engine;
use std::time::Duration;
use wagate_model::Timestamp;
use wagate_store::{
    in_transaction,
    rate_limits::{self, Counted},
};

/// The job's name in logs and metrics.
const NAME: &str = "rate_limit_cleaner";
/// How often it looks.
const EVERY: Duration = Duration::from_mins(10);
/// How many windows are kept behind the present one, for clocks that differ.
const KEPT: u32 = 5;
/// Most rows of one transaction.
const BATCH: u32 = 200;

/// Deletes old windows until the engine stops.
pub(crate) async fn run(engine: Engine) {
    while engine.stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some() {
        metrics::counter!("wagate_job_runs_total", "job" => NAME).increment(1);
        if let Err(error) = clean(&engine).await {
            tracing::warn!(job = NAME, %error, "old windows of limits were not deleted");
        }
    }
}

/// Deletes what is over by the clock that it was counted by.
pub(super) async fn clean(engine: &Engine) -> wagate_store::Result<()> {
    let now = engine.database.now().await?;
    clean_kind(engine, Counted::Requests, now).await?;
    clean_kind(engine, Counted::Messages, engine.clock.now()).await
}

async fn clean_kind(engine: &Engine, counted: Counted, now: Timestamp) -> wagate_store::Result<()> {
    let before = counted.window_of(now).minus(counted.window() * KEPT);
    while !engine.stop.is_cancelled() {
        let deleted = in_transaction!(engine.database, |tx| {
            rate_limits::delete_older_any_workspace(tx, counted, before, BATCH).await
        })?;
        if deleted == 0 {
            break;
        }
    }
    Ok(())
}
