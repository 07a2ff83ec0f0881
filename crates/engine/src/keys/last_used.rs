//! The job that writes when keys were last used: in batches, off the requests' path.

use crate::Engine;
use std::time::Duration;
use wagate_store::{api_keys, in_transaction};

/// The job's name in logs and metrics.
const NAME: &str = "key_last_used";
/// How often it writes; what a crash loses is not more than this.
const EVERY: Duration = Duration::from_secs(15);

/// Writes uses until the engine stops, and then once more.
pub(crate) async fn run(engine: Engine) {
    loop {
        let is_last = engine.stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_none();
        write(&engine).await;
        if is_last {
            return;
        }
    }
}

/// Writes what was noted. What cannot be written now is noted again.
async fn write(engine: &Engine) {
    let uses = engine.keys.take_uses();
    if uses.is_empty() {
        return;
    }
    let written =
        in_transaction!(engine.database, |tx| api_keys::touch_many_any_workspace(tx, uses.iter().copied()).await);
    metrics::counter!("wagate_job_runs_total", "job" => NAME).increment(1);
    if let Err(error) = written {
        tracing::warn!(job = NAME, %error, "the last uses of keys were not written");
        for (id, at) in uses {
            engine.keys.note_use(id, at);
        }
    }
}
