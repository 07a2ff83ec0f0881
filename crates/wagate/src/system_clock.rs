//! The one place that reads the system's time.

use std::time::SystemTime;
use wagate_model::{Clock, Timestamp};

/// The operating system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the clock that all others take as a parameter")]
        let now = SystemTime::now();
        // A clock that stands before 1970 counts as 1970.
        let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_shows_milliseconds_since_1970() {
        let start_of_2025 = Timestamp(1_735_689_600_000);
        assert!(SystemClock.now() > start_of_2025);
        assert!(SystemClock.now() < Timestamp::MAX);
    }
}
