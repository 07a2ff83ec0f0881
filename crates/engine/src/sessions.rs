//! The accounts that run on this node: their session, status and signs of life.

mod sink;
mod start;

use crate::{pacing::Pace, recorder::AccountRef};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};
use tokio::sync::Notify;
use wagate_model::{AccountId, AccountStatus, Timestamp, provider::Session};

/// An account that runs here.
pub(crate) struct Running {
    pub(crate) account: AccountRef,
    pub(crate) session: OnceLock<Arc<dyn Session>>,
    /// How fast it sends.
    pub(crate) pace: Pace,
    is_connected: AtomicBool,
    /// Until when no new chats are opened, in milliseconds; 0 is no restriction.
    new_chats_held_until: AtomicI64,
    last_frame_at: AtomicI64,
    last_ack_at: AtomicI64,
    /// Whether an attempt ended without its outcome being recorded.
    has_loose_ends: AtomicBool,
    /// Wakes the account's lane.
    pub(crate) wake: Notify,
}

impl Running {
    pub(crate) fn new(account: AccountRef, new_chats_held_until: Option<Timestamp>) -> Self {
        Self {
            account,
            session: OnceLock::new(),
            pace: Pace::default(),
            is_connected: AtomicBool::new(false),
            new_chats_held_until: AtomicI64::new(new_chats_held_until.map_or(0, |until| until.0)),
            last_frame_at: AtomicI64::new(0),
            last_ack_at: AtomicI64::new(0),
            has_loose_ends: AtomicBool::new(false),
            wake: Notify::new(),
        }
    }

    /// Whether messages may go: the network says so, and there is a session to hand them to. The
    /// network may be faster than the start of the session.
    pub(crate) fn is_connected(&self) -> bool {
        self.is_connected.load(Ordering::Relaxed) && self.session.get().is_some()
    }

    /// Takes over what a record did to the account.
    pub(crate) fn set_status(&self, status: AccountStatus) {
        self.is_connected.store(status == AccountStatus::Connected, Ordering::Relaxed);
        if status == AccountStatus::Connected {
            self.new_chats_held_until.store(0, Ordering::Relaxed);
        }
        self.wake.notify_one();
    }

    pub(crate) fn hold_new_chats(&self, until: Timestamp) {
        self.new_chats_held_until.store(until.0, Ordering::Relaxed);
    }

    /// Whether a restriction of new chats has run out since it was noted.
    pub(crate) fn new_chats_are_free_again(&self, now: Timestamp) -> bool {
        let until = self.new_chats_held_until.load(Ordering::Relaxed);
        until > 0 && until <= now.0
    }

    /// Until when no new chats are opened, if that is still to come.
    pub(crate) fn new_chats_held_until(&self, now: Timestamp) -> Option<Timestamp> {
        Some(Timestamp(self.new_chats_held_until.load(Ordering::Relaxed))).filter(|until| *until > now)
    }

    /// An attempt ended and nobody recorded how: the lane must end, and the next one look for it.
    pub(crate) fn leave_loose_end(&self) {
        self.has_loose_ends.store(true, Ordering::Relaxed);
    }

    pub(crate) fn has_loose_ends(&self) -> bool {
        self.has_loose_ends.load(Ordering::Relaxed)
    }

    pub(crate) fn loose_ends_are_tied(&self) {
        self.has_loose_ends.store(false, Ordering::Relaxed);
    }

    pub(crate) fn frame_seen(&self, at: Timestamp) {
        self.last_frame_at.fetch_max(at.0, Ordering::Relaxed);
    }

    pub(crate) fn ack_seen(&self, at: Timestamp) {
        self.last_ack_at.fetch_max(at.0, Ordering::Relaxed);
    }

    /// The signs of life since the last call; `None` if there were none.
    pub(crate) fn take_signs_of_life(&self) -> Option<(Option<Timestamp>, Option<Timestamp>)> {
        let take = |at: &AtomicI64| Some(Timestamp(at.swap(0, Ordering::Relaxed))).filter(|at| at.0 > 0);
        let signs = (take(&self.last_frame_at), take(&self.last_ack_at));
        (signs != (None, None)).then_some(signs)
    }
}

/// All accounts that run on this node.
#[derive(Default)]
pub(crate) struct Sessions {
    running: Mutex<HashMap<AccountId, Arc<Running>>>,
}

impl Sessions {
    fn map(&self) -> std::sync::MutexGuard<'_, HashMap<AccountId, Arc<Running>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get(&self, id: AccountId) -> Option<Arc<Running>> {
        self.map().get(&id).cloned()
    }

    /// The session of an account, if it runs here.
    pub(crate) fn session(&self, id: AccountId) -> Option<Arc<dyn Session>> {
        self.get(id).and_then(|running| running.session.get().cloned())
    }

    /// The session of an account that is connected.
    pub(crate) fn connected(&self, id: AccountId) -> Option<Arc<dyn Session>> {
        self.get(id).filter(|running| running.is_connected()).and_then(|running| running.session.get().cloned())
    }

    pub(crate) fn add(&self, running: Arc<Running>) {
        self.map().insert(running.account.id, running);
    }

    pub(crate) fn remove(&self, id: AccountId) -> Option<Arc<Running>> {
        self.map().remove(&id)
    }

    pub(crate) fn all(&self) -> Vec<Arc<Running>> {
        self.map().values().cloned().collect()
    }

    pub(crate) fn contains(&self, id: AccountId) -> bool {
        self.map().contains_key(&id)
    }
}
