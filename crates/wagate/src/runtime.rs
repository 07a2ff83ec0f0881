//! The asynchronous runtime of a command.

use std::{io, time::Duration};

/// How long the end waits for work on other threads that was given up, such as an export of traces.
const LEFT_BEHIND: Duration = Duration::from_millis(200);

/// Runs `work` on a runtime of its own, to its end. Tasks that it leaves behind are dropped.
pub fn block_on<T>(work: impl Future<Output = T>) -> io::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(work);
    runtime.shutdown_timeout(LEFT_BEHIND);
    Ok(result)
}
