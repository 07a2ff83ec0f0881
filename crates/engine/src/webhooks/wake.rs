//! The bell of one endpoint's lane.

use std::sync::atomic::{AtomicU8, Ordering};
use tokio::sync::Notify;

/// Why a lane is woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wake {
    /// Something new is behind what was read before.
    News = 1,
    /// Something is due, perhaps before what was read.
    Everything = 2,
}

/// A lane's bell.
#[derive(Debug, Default)]
pub(super) struct LaneBell {
    wake: AtomicU8,
    notify: Notify,
}

impl LaneBell {
    /// Rings, also if nobody waits.
    pub(super) fn ring(&self, wake: Wake) {
        self.wake.fetch_max(wake as u8, Ordering::AcqRel);
        self.notify.notify_one();
    }

    /// Whether it has rung since it was last asked why.
    pub(super) fn has_rung(&self) -> bool {
        self.wake.load(Ordering::Acquire) != 0
    }

    /// Why it has rung since the last time, if it has.
    pub(super) fn take(&self) -> Option<Wake> {
        match self.wake.swap(0, Ordering::AcqRel) {
            0 => None,
            1 => Some(Wake::News),
            _ => Some(Wake::Everything),
        }
    }

    /// Waits for a ringing; may end without one, but never misses one.
    pub(super) async fn rung(&self) {
        self.notify.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_bell_remembers_the_widest_reason_until_it_is_taken() {
        let bell = LaneBell::default();
        assert_eq!((bell.has_rung(), bell.take()), (false, None));
        bell.ring(Wake::News);
        bell.ring(Wake::Everything);
        bell.ring(Wake::News);
        bell.rung().await;
        assert_eq!((bell.has_rung(), bell.take()), (true, Some(Wake::Everything)));
        assert!(!bell.has_rung());
    }
}
