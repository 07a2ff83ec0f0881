//! The clock of a story.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};
use wagate_model::{Clock, Timestamp};

/// When every story begins: noon of a day in November.
pub const BEGINNING: Timestamp = Timestamp(1_763_812_800_000);

/// A clock that stands still until it is moved. Whoever waits for it looks at least each second.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl Default for TestClock {
    fn default() -> Self {
        Self(AtomicI64::new(BEGINNING.0))
    }
}

impl TestClock {
    /// Moves it on.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(millis(by), Ordering::SeqCst);
    }

    /// Moves it back, as system clocks are at times.
    pub fn step_back(&self, by: Duration) {
        self.0.fetch_sub(millis(by), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap()
}
