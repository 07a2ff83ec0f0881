//! Who may ask now: spends permits from memory, and fetches a block of them when there are too few.

use super::permits::{Allowance, Permits, Spent};
use crate::{
    Engine,
    error::{Error, Result},
};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Instant,
};
use wagate_model::{Caller, Timestamp};
use wagate_store::{
    StoreError,
    rate_limits::{self, Ask, Key},
};

/// From how many workspaces on those that ask no more are forgotten.
const MANY: usize = 10_000;
/// How often the database is asked for one request: more only if each answer comes when its window
/// is over.
const TRIES: u32 = 5;

/// The permits that this node has in hand.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    purses: Mutex<HashMap<Key, Arc<Purse>>>,
}

/// The permits of one workspace and mode.
#[derive(Debug)]
struct Purse {
    permits: Mutex<Permits>,
    /// Held by the one that asks the database; the others wait for what it brings.
    turn: tokio::sync::Mutex<()>,
    /// What those who wait want to spend.
    waiting: AtomicU32,
}

/// Counts as waiting until it is dropped.
struct Waiting<'a>(&'a Purse, u32);

impl Limiter {
    fn purse(&self, key: Key) -> Arc<Purse> {
        let mut purses = lock(&self.purses);
        if let Some(purse) = purses.get(&key) {
            return purse.clone();
        }
        let now = Instant::now();
        if purses.len() >= MANY {
            purses.retain(|_, purse| Arc::strong_count(purse) > 1 || !lock(&purse.permits).is_over(now));
        }
        let permits = Mutex::new(Permits::none(now));
        let purse = Arc::new(Purse { permits, turn: tokio::sync::Mutex::default(), waiting: AtomicU32::new(0) });
        purses.insert(key, purse.clone());
        purse
    }

    /// What this node has taken of a window and not spent.
    pub(super) fn unspent(&self, key: Key, window_start: Timestamp) -> u32 {
        lock(&self.purses).get(&key).map_or(0, |purse| lock(&purse.permits).unspent_of(window_start))
    }
}

impl Purse {
    fn spend(&self, limit: u32, cost: u32) -> Spent {
        lock(&self.permits).spend(Instant::now(), limit, cost)
    }

    fn wait(&self, cost: u32) -> Waiting<'_> {
        self.waiting.fetch_add(cost, Ordering::Relaxed);
        Waiting(self, cost)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(self.1, Ordering::Relaxed);
    }
}

impl Engine {
    /// Counts a request of the caller. `Err` of the inner result: the minute has no more.
    ///
    /// # Errors
    ///
    /// `Unavailable` if nobody can say, for then nobody is let in.
    pub async fn admit(&self, caller: &Caller) -> Result<std::result::Result<Allowance, Allowance>> {
        self.pay(caller, 1).await
    }

    /// Counts `more` requests of the caller beside the one that was let in: what a request that does
    /// the work of several costs. All of them or none.
    ///
    /// # Errors
    ///
    /// `RateLimited` if the minute does not have them any more, `LimitReached` if none ever will,
    /// `Unavailable` if nobody can say.
    pub async fn charge(&self, caller: &Caller, more: u32) -> Result<()> {
        let limit = caller.limits.requests_per_minute;
        if more == 0 {
            return Ok(());
        }
        if more >= limit {
            let detail = format!(
                "It counts as {} requests, and the workspace has {limit} in a minute. Ask for less at once.",
                u64::from(more) + 1
            );
            return Err(Error::LimitReached { limit: "requests_per_minute", detail });
        }
        match self.pay(caller, more).await? {
            Ok(_) => Ok(()),
            Err(allowance) => Err(Error::RateLimited { retry_after: allowance.resets_in }),
        }
    }

    async fn pay(&self, caller: &Caller, cost: u32) -> Result<std::result::Result<Allowance, Allowance>> {
        let key = (caller.workspace_id, caller.mode);
        let limit = caller.limits.requests_per_minute;
        let purse = self.limiter.purse(key);
        if let Some(decided) = decided(purse.spend(limit, cost)) {
            return Ok(decided);
        }
        let waiting = purse.wait(cost);
        let _turn = purse.turn.lock().await;
        for _ in 0..TRIES {
            if let Some(decided) = decided(purse.spend(limit, cost)) {
                return Ok(decided);
            }
            let asked = Instant::now();
            let wanted = waiting.0.waiting.load(Ordering::Relaxed);
            let (count, least) = lock(&purse.permits).ask(asked, limit, cost, wanted);
            let ask = Ask { key, count, least, most: limit };
            let block = rate_limits::take_requests(&self.database, ask, None).await.map_err(unavailable)?;
            lock(&purse.permits).take(asked, &block);
        }
        Err(Error::Unavailable { part: "count of requests", source: None })
    }
}

fn decided(spent: Spent) -> Option<std::result::Result<Allowance, Allowance>> {
    match spent {
        Spent::Yes(allowance) => Some(Ok(allowance)),
        Spent::No(allowance) => Some(Err(allowance)),
        Spent::Unknown => None,
    }
}

/// Whatever the database has against it: a request that cannot be counted is not let in.
fn unavailable(error: StoreError) -> Error {
    Error::Unavailable { part: "count of requests", source: Some(Box::new(error)) }
}

/// A poisoned lock holds whole numbers still: nothing here can panic half way.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
