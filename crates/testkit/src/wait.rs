//! Waiting for something to become true: by looking, with a deadline that only a broken gateway
//! meets.

use std::time::{Duration, Instant};

/// How long a story waits before it gives up.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Looks until `look` answers `Ok`; fails with what it last answered as `Err`.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Result<T, String>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match look().await {
            Ok(found) => return found,
            Err(instead) if Instant::now() > deadline => panic!("waited in vain for {what}: {instead}"),
            Err(_) => tokio::time::sleep(LOOK_EVERY).await,
        }
    }
}
