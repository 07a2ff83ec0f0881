//! The arithmetic of permits: what a node has in hand of a window, and how much more it asks for. It
//! knows neither database nor clock.

use std::time::{Duration, Instant};
use wagate_model::Timestamp;
use wagate_store::rate_limits::{Block, Counted};

/// How long a window is.
const WINDOW: Duration = Counted::Requests.window();
/// A block is at most this part of what the window still has: what a node leaves unspent is small,
/// and gets smaller as the others come to need it.
const PART_OF_THE_REST: u32 = 32;
/// A block is at most what a full window would spend in this part of the time that is left.
const PART_OF_THE_TIME: u32 = 8;

/// Where a workspace stands in the present minute, as far as this node knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// How many requests a minute has.
    pub limit: u32,
    /// How many of them are left; another node may take some of these.
    pub remaining: u32,
    /// How long the minute lasts.
    pub resets_in: Duration,
    /// When the next one begins, by the database's clock.
    pub resets_at: Timestamp,
}

/// What came of an attempt to spend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spent {
    /// It is paid for.
    Yes(Allowance),
    /// The window does not have that much any more.
    No(Allowance),
    /// The database must be asked.
    Unknown,
}

/// What a node has in hand of one window.
#[derive(Debug, Clone, Copy)]
pub(super) struct Permits {
    window_start: Timestamp,
    /// When the window ends at the earliest.
    ends: Instant,
    /// What was used of the window at least, by all nodes: blocks that were taken count whole.
    used: u64,
    in_hand: u32,
}

impl Permits {
    /// Of a window that is over.
    pub(super) const fn none(now: Instant) -> Self {
        Self { window_start: Timestamp(i64::MIN), ends: now, used: 0, in_hand: 0 }
    }

    /// Pays `cost` out of what is in hand.
    pub(super) fn spend(&mut self, now: Instant, limit: u32, cost: u32) -> Spent {
        if self.is_over(now) {
            return Spent::Unknown;
        }
        if let Some(rest) = self.in_hand.checked_sub(cost) {
            self.in_hand = rest;
            return Spent::Yes(self.allowance(now, limit));
        }
        // What the database has can only get less.
        if u64::from(self.in_hand) + u64::from(self.rest(limit)) < u64::from(cost) {
            return Spent::No(self.allowance(now, limit));
        }
        Spent::Unknown
    }

    /// How many permits to ask the database for so that `cost` can be paid, and the least that
    /// would do. `waiting` is what everybody who waits wants to spend, `cost` included.
    pub(super) fn ask(&self, now: Instant, limit: u32, cost: u32, waiting: u32) -> (u32, u32) {
        let (in_hand, rest, left) =
            if self.is_over(now) { (0, limit, WINDOW) } else { (self.in_hand, self.rest(limit), self.ends - now) };
        let least = cost.saturating_sub(in_hand).max(1);
        (block(limit, rest, left).max(waiting.saturating_sub(in_hand)).max(least), least)
    }

    /// Takes a block in hand that was asked for at `asked`.
    pub(super) fn take(&mut self, asked: Instant, block: &Block) {
        if block.window_start != self.window_start {
            *self = Self { window_start: block.window_start, in_hand: 0, ..*self };
        }
        // The database looked at its clock after it was asked, so the window ends no earlier than this.
        self.ends = asked + WINDOW.saturating_sub(block.now.since(block.window_start));
        self.used = block.used;
        self.in_hand = self.in_hand.saturating_add(block.granted);
    }

    /// What is in hand of the window that starts there.
    pub(super) fn unspent_of(&self, window_start: Timestamp) -> u32 {
        if self.window_start == window_start { self.in_hand } else { 0 }
    }

    pub(super) fn is_over(&self, now: Instant) -> bool {
        now >= self.ends
    }

    /// What the database had left when it was last asked.
    fn rest(&self, limit: u32) -> u32 {
        limit.saturating_sub(u32::try_from(self.used).unwrap_or(u32::MAX))
    }

    fn allowance(&self, now: Instant, limit: u32) -> Allowance {
        Allowance {
            limit,
            remaining: self.rest(limit).saturating_add(self.in_hand).min(limit),
            resets_in: self.ends.saturating_duration_since(now),
            resets_at: self.window_start.plus(WINDOW),
        }
    }
}

/// How many permits are taken at once: fewer as they run out and as time does, and one at the end.
fn block(limit: u32, rest: u32, left: Duration) -> u32 {
    let left = left.min(WINDOW).as_millis();
    let by_time = u128::from(limit) * left / WINDOW.as_millis() / u128::from(PART_OF_THE_TIME);
    (rest / PART_OF_THE_REST).min(u32::try_from(by_time).unwrap_or(u32::MAX)).max(1)
}

#[cfg(test)]
mod tests;
