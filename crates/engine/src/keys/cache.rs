//! Keys that were presented lately, so that a request costs no look-up. What is cached lives for
//! 5 seconds at most: that is how long a revoked key or a suspension may go unnoticed on a node
//! that did not do it itself.

use crate::api_key::KeyHash;
use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use wagate_model::{AccountId, KeyId, Mode, Scopes, Timestamp, WorkspaceId, tier::Limits};

/// How long what was read counts.
const LIFE: Duration = Duration::from_secs(5);
/// From how many keys on those that ended are thrown out.
const MANY: usize = 10_000;

/// What a request needs to know of its key and workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownKey {
    pub(crate) id: KeyId,
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) mode: Mode,
    pub(crate) scopes: Scopes,
    pub(crate) accounts: Option<Vec<AccountId>>,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) is_suspended: bool,
    pub(crate) limits: Limits,
}

/// When something was begun to be read: by the gateway's clock, which tests move, and by one that
/// never steps back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReadAt {
    time: Timestamp,
    instant: Instant,
}

impl ReadAt {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self { time: now, instant: Instant::now() }
    }

    fn is_fresh(self, now: Timestamp) -> bool {
        now >= self.time && now.since(self.time) < LIFE && self.instant.elapsed() < LIFE
    }
}

/// The keys that were presented lately, and when they were used.
#[derive(Debug, Default)]
pub(crate) struct KeyCache {
    known: Mutex<HashMap<KeyHash, (ReadAt, Arc<KnownKey>)>>,
    used: Mutex<HashMap<KeyId, Timestamp>>,
}

impl KeyCache {
    /// What is known of a key, unless it was read too long ago.
    pub(crate) fn get(&self, hash: KeyHash, now: Timestamp) -> Option<Arc<KnownKey>> {
        let known = lock(&self.known);
        known.get(&hash).filter(|(read_at, _)| read_at.is_fresh(now)).map(|(_, key)| key.clone())
    }

    /// Keeps what was read. `read_at` is from before the reading, so that a change that happened
    /// during it is noticed in time.
    pub(crate) fn put(&self, hash: KeyHash, read_at: ReadAt, key: Arc<KnownKey>) {
        let mut known = lock(&self.known);
        if known.len() >= MANY {
            known.retain(|_, (at, _)| at.is_fresh(read_at.time));
        }
        known.insert(hash, (read_at, key));
    }

    /// Reads a key anew at its next use.
    pub(crate) fn forget_key(&self, id: KeyId) {
        lock(&self.known).retain(|_, (_, key)| key.id != id);
    }

    /// Reads all keys of a workspace anew at their next use.
    pub(crate) fn forget_workspace(&self, id: WorkspaceId) {
        lock(&self.known).retain(|_, (_, key)| key.workspace_id != id);
    }

    /// Notes that a key was used; the later time counts.
    pub(crate) fn note_use(&self, id: KeyId, at: Timestamp) {
        match lock(&self.used).entry(id) {
            Entry::Occupied(mut noted) => {
                let later = at.max(*noted.get());
                noted.insert(later);
            }
            Entry::Vacant(free) => {
                free.insert(at);
            }
        }
    }

    /// What was noted since the last call.
    pub(crate) fn take_uses(&self) -> Vec<(KeyId, Timestamp)> {
        std::mem::take(&mut *lock(&self.used)).into_iter().collect()
    }
}

/// A poisoned lock holds a whole map still: nothing here can panic half way.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(of: u8) -> KeyHash {
        KeyHash::from_bytes([of; 32])
    }

    fn key(digit: char) -> Arc<KnownKey> {
        let digits = digit.to_string().repeat(26);
        Arc::new(KnownKey {
            id: format!("key_{digits}").parse().unwrap(),
            workspace_id: format!("ws_{digits}").parse().unwrap(),
            mode: Mode::Live,
            scopes: Scopes::all(),
            accounts: None,
            expires_at: None,
            is_suspended: false,
            limits: wagate_model::Tier::Free.limits(),
        })
    }

    fn with_two_keys(at: Timestamp) -> KeyCache {
        let cache = KeyCache::default();
        cache.put(hash(1), ReadAt::new(at), key('1'));
        cache.put(hash(2), ReadAt::new(at), key('2'));
        cache
    }

    #[test]
    fn a_key_is_known_for_five_seconds() {
        let cache = with_two_keys(Timestamp(10_000));
        assert_eq!(cache.get(hash(1), Timestamp(14_999)), Some(key('1')));
        assert_eq!(cache.get(hash(1), Timestamp(15_000)), None);
        assert_eq!(cache.get(hash(3), Timestamp(10_000)), None);
    }

    #[test]
    fn a_clock_that_steps_back_lengthens_no_life() {
        let cache = with_two_keys(Timestamp(10_000));
        assert_eq!(cache.get(hash(1), Timestamp(9_999)), None);
    }

    #[test]
    fn what_is_forgotten_is_forgotten_alone() {
        let cache = with_two_keys(Timestamp(0));
        cache.forget_key(key('1').id);
        assert_eq!((cache.get(hash(1), Timestamp(0)), cache.get(hash(2), Timestamp(0))), (None, Some(key('2'))));
        cache.forget_workspace(key('2').workspace_id);
        assert_eq!(cache.get(hash(2), Timestamp(0)), None);
    }

    #[test]
    fn the_latest_use_is_handed_out_once() {
        let cache = KeyCache::default();
        for at in [5, 9, 7] {
            cache.note_use(key('1').id, Timestamp(at));
        }
        assert_eq!(cache.take_uses(), [(key('1').id, Timestamp(9))]);
        assert_eq!(cache.take_uses(), []);
    }

    #[test]
    fn a_full_cache_throws_out_what_ended() {
        let cache = KeyCache::default();
        for number in 0..MANY {
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&number.to_be_bytes());
            cache.put(KeyHash::from_bytes(bytes), ReadAt::new(Timestamp(0)), key('1'));
        }
        cache.put(hash(255), ReadAt::new(Timestamp(60_000)), key('2'));
        assert_eq!(lock(&cache.known).len(), 1);
    }
}
