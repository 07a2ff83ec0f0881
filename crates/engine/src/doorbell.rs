//! Doorbells: they say "look", never what is there. Losing one costs latency, never data.

use std::{collections::HashSet, hash::Hash, sync::{Mutex, PoisonError}};
use tokio::sync::Notify;

/// A bell with names: whoever rings says whom it is for.
#[derive(Debug)]
pub(crate) struct Doorbell<K> {
    rung: Mutex<HashSet<K>>,
    notify: Notify,
}

impl<K: Eq + Hash> Doorbell<K> {
    pub(crate) fn new() -> Self {
        Self { rung: Mutex::new(HashSet::new()), notify: Notify::new() }
    }

    /// Rings for each of `keys`.
    pub(crate) fn ring(&self, keys: impl IntoIterator<Item = K>) {
        self.rung.lock().unwrap_or_else(PoisonError::into_inner).extend(keys);
        self.notify.notify_one();
    }

    /// Waits until somebody rang; answers for whom.
    pub(crate) async fn rung(&self) -> HashSet<K> {
        loop {
            let rung = std::mem::take(&mut *self.rung.lock().unwrap_or_else(PoisonError::into_inner));
            if !rung.is_empty() {
                return rung;
            }
            self.notify.notified().await;
        }
    }
}
