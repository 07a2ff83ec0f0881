//! The pace of one account that runs here.

use super::{Bucket, Rules};
use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use wagate_model::Timestamp;

/// How fast an account may send, and how much of that is used up.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    state: Mutex<State>,
    /// In milliseconds; 0 if nothing waits for the pace.
    next_send_at: AtomicI64,
}

#[derive(Debug, Default)]
struct State {
    rules: Arc<Rules>,
    bucket: Bucket,
    created_at: Timestamp,
}

impl Pace {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_rules(&self, rules: Rules) {
        let mut state = self.state();
        if *state.rules != rules {
            state.rules = Arc::new(rules);
        }
    }

    /// Says when the account was created, from when on it warms up.
    pub(crate) fn set_created_at(&self, at: Timestamp) {
        self.state().created_at = at;
    }

    pub(crate) fn rules(&self) -> Arc<Rules> {
        self.state().rules.clone()
    }

    /// How many chats the account may open on this day.
    pub(crate) fn new_chats_on(&self, now: Timestamp) -> Option<u32> {
        let state = self.state();
        state.rules.new_chats_on(state.created_at, now)
    }

    /// When the next message may go.
    pub(crate) fn next(&self, now: Timestamp) -> Timestamp {
        let state = self.state();
        state.rules.rate.map_or(now, |rate| state.bucket.next(&rate, now))
    }

    /// A message goes. `random` makes the jitter.
    pub(crate) fn take(&self, now: Timestamp, random: u64) {
        let mut state = self.state();
        let Some(rate) = state.rules.rate else { return };
        let most = u64::try_from(rate.jitter.as_millis()).unwrap_or(0);
        state.bucket.take(&rate, now, Duration::from_millis(random % (most + 1)));
    }

    /// Notes when the next message may go; `None` if none waits for that.
    pub(crate) fn note(&self, next: Option<Timestamp>) {
        self.next_send_at.store(next.map_or(0, |at| at.0), Ordering::Relaxed);
    }

    /// When the next message may go, if one waits for that.
    pub(crate) fn next_send_at(&self, now: Timestamp) -> Option<Timestamp> {
        Some(Timestamp(self.next_send_at.load(Ordering::Relaxed))).filter(|at| *at > now)
    }
}
