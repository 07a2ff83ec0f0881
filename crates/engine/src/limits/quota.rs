//! How many messages a workspace may have accepted in a day, counted where they are accepted.

use crate::error::Error;
use wagate_model::{Caller, Timestamp};
use wagate_store::rate_limits::Counted;

/// The quota of a UTC day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quota {
    /// When the day began.
    pub(crate) day: Timestamp,
    /// How many messages it has.
    pub(crate) most: u32,
}

impl Quota {
    /// The caller's, of the day that `now` lies in.
    pub(crate) fn of(caller: &Caller, now: Timestamp) -> Self {
        Self { day: Counted::Messages.window_of(now), most: caller.limits.messages_per_day }
    }

    /// What whoever is beyond it is told.
    pub(crate) fn exceeded(self, count: usize, left: u64, now: Timestamp) -> Error {
        let resets_at = self.day.plus(Counted::Messages.window());
        let asked = match count {
            1 => String::new(),
            more => format!(" The request has {more} of them, and {left} are left."),
        };
        Error::QuotaExceeded {
            detail: format!(
                "The workspace may send {} messages in a UTC day.{asked} The next day begins at {resets_at}.",
                self.most
            ),
            retry_after: resets_at.since(now),
            resets_at,
        }
    }
}
