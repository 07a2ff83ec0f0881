//! Doorbells: they say "look", never what is there. Losing one costs latency, never data.

use std::{
    collections::HashSet,
    hash::Hash,
    sync::{Mutex, PoisonError},
};
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

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use std::{sync::Arc, thread, time::Duration};

    const RINGERS: u32 = 4;
    const RINGS: u32 = 500;

    #[tokio::test]
    async fn a_ring_before_anybody_listens_is_heard() {
        let bell = Doorbell::new();
        bell.ring([1]);
        bell.ring([2, 1]);
        assert_eq!(bell.rung().await, HashSet::from([1, 2]));
        assert!(bell.rung().now_or_never().is_none(), "once");
    }

    #[tokio::test]
    async fn a_ring_for_nobody_is_no_ring() {
        let bell = Doorbell::<u32>::new();
        bell.ring([]);
        assert!(bell.rung().now_or_never().is_none());
    }

    #[tokio::test]
    async fn who_stops_listening_in_the_middle_leaves_the_ring_for_the_next() {
        let bell = Doorbell::new();
        let mut listening = Box::pin(bell.rung());
        assert!(listening.as_mut().now_or_never().is_none());
        bell.ring([1]);
        drop(listening);
        assert_eq!(bell.rung().await, HashSet::from([1]));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn no_ring_is_lost_among_many_ringers_and_a_listener_that_comes_and_goes() {
        let bell = Arc::new(Doorbell::new());
        let ringers: Vec<_> = (0..RINGERS)
            .map(|ringer| {
                let bell = bell.clone();
                thread::spawn(move || (0..RINGS).for_each(|ring| bell.ring([ringer * RINGS + ring])))
            })
            .collect();
        let mut heard = HashSet::new();
        let listen = async {
            while heard.len() < (RINGERS * RINGS) as usize {
                tokio::select! {
                    rung = bell.rung() => heard.extend(rung),
                    // It goes and comes back, as select loops do.
                    () = tokio::task::yield_now() => {}
                }
            }
            assert!(bell.rung().now_or_never().is_none());
        };
        tokio::time::timeout(Duration::from_secs(30), listen).await.expect("every ring is heard");
        for ringer in ringers {
            ringer.join().unwrap();
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_listener_that_sleeps_is_woken_by_every_ring() {
        let (there, back) = (Arc::new(Doorbell::new()), Arc::new(Doorbell::new()));
        let echo = async {
            for turn in 0..RINGS {
                assert_eq!(there.rung().await, HashSet::from([turn]));
                back.ring([turn]);
            }
        };
        let call = async {
            for turn in 0..RINGS {
                there.ring([turn]);
                assert_eq!(back.rung().await, HashSet::from([turn]));
            }
        };
        tokio::time::timeout(Duration::from_secs(30), async { tokio::join!(echo, call) })
            .await
            .expect("nobody sleeps on");
    }
}
