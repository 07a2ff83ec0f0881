//! A lane keeps its account's pace.

use super::{LONGEST_SLEEP, Lane};
use std::time::Duration;
use tokio::time::Instant;
use wagate_model::Timestamp;

/// How long a lane naps at least while it keeps its pace.
const SHORTEST_NAP: Duration = Duration::from_millis(1);

/// How long to nap until then: not longer than a second, since clocks may be moved.
pub(super) fn nap_of(until: Timestamp, now: Timestamp) -> Duration {
    until.since(now).clamp(SHORTEST_NAP, LONGEST_SLEEP)
}

impl Lane {
    /// Until when nothing is sent, if it is a quiet hour.
    pub(super) fn quiet_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.running.pace.rules().quiet_until(now)
    }

    /// Whether it is a quiet hour; what waits is noted to wait for its end. The supervisor calls the
    /// lane again in time.
    pub(super) fn is_quiet(&self) -> bool {
        let quiet_until = self.quiet_until(self.engine.clock.now());
        if quiet_until.is_some() {
            self.running.pace.note(quiet_until);
        }
        quiet_until.is_some()
    }

    /// When the next message may go that is here, or the next recipient has rested; `None` if that
    /// is now, or nothing is here.
    pub(super) fn held_back(&self, now: Timestamp) -> Option<Timestamp> {
        let rested = self.resting.iter().map(|(_, until)| *until).min();
        let next = if self.ready.has_next() { Some(self.running.pace.next(now)) } else { rested };
        let next = next.filter(|next| *next > now);
        self.running.pace.note(next.filter(|_| !self.ready.is_empty()));
        next
    }

    /// Naps until then, until somebody calls, or for a second.
    pub(super) async fn nap(&mut self, until: Timestamp) {
        let nap = nap_of(until, self.engine.clock.now());
        let end = Instant::now() + nap;
        tokio::select! {
            () = self.running.wake.notified() => self.may_have_more = true,
            () = self.engine.stop.cancelled() => {}
            // Something else may be due by now.
            () = tokio::time::sleep_until(end) => self.may_have_more |= nap == LONGEST_SLEEP,
        }
    }

    /// Recipients who have rested may be written to again, and all of them once the clock was set
    /// back.
    pub(super) fn end_rests(&mut self, now: Timestamp) {
        let longest = self.running.pace.rules().rest.unwrap_or_default();
        let ready = &mut self.ready;
        self.resting.retain(|(chat, until)| {
            let rests = *until > now && until.since(now) <= longest;
            if !rests {
                ready.done(chat);
            }
            rests
        });
    }

    /// A random number, for jitter.
    pub(super) fn random(&self) -> u64 {
        let mut bytes = [0; 8];
        self.engine.entropy.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }
}
