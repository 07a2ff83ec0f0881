//! `message_counts`: how many messages of each hour came to each status, and left it again.
//!
//! Kept by what writes messages, in the same transaction, so that nobody can forget it and no crash
//! comes between. A message counts in the hour in which it was accepted or came in, whenever its status
//! changes. Coming and leaving are rows of their own: those who accept, those who start and those who
//! record change the same status of the same hour and yet never the same row, so they need not wait
//! for each other.

use super::StoredMessage;
use crate::{
    Result, Tx,
    dialect::insert_many,
    value::{IntoValue, Value},
};
use std::collections::{BTreeMap, HashMap};
use wagate_model::{AccountId, Message, MessageId, Mode, Reason, Status, Timestamp, WorkspaceId};

/// The milliseconds of an hour.
pub(crate) const HOUR_MS: i64 = 3_600_000;

/// What a message counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CountedAs {
    pub(super) status: Status,
    reason: Option<Reason>,
}

impl CountedAs {
    /// Only an end has a reason that counts: that of a wait is gone with the next attempt.
    pub(super) fn new(status: Status, reason: Option<Reason>) -> Self {
        let has_reason = matches!(status, Status::Failed | Status::Cancelled | Status::Expired);
        Self { status, reason: reason.filter(|_| has_reason) }
    }

    pub(super) fn of(message: &Message) -> Self {
        Self::new(message.status, message.reason)
    }
}

/// Where a message counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CountedIn {
    workspace_id: WorkspaceId,
    mode: Mode,
    /// Hours since 1970.
    hour: i64,
    account_id: AccountId,
}

impl CountedIn {
    pub(super) fn of(message: &Message) -> Self {
        let Message { workspace_id, mode, account_id, created_at, .. } = message;
        Self { workspace_id: *workspace_id, mode: *mode, hour: hour_of(*created_at), account_id: *account_id }
    }
}

/// Hours since 1970.
pub(crate) const fn hour_of(at: Timestamp) -> i64 {
    at.0.div_euclid(HOUR_MS)
}

/// What a transaction adds to the counts. Sorted, so that everybody locks rows in one order.
#[derive(Debug, Default)]
pub(super) struct Counts(BTreeMap<Key, i64>);

/// The place, the status, its reason or nothing, and whether it was left.
type Key = (CountedIn, &'static str, &'static str, bool);

impl Counts {
    /// A message comes to a status.
    pub(super) fn comes(&mut self, place: CountedIn, to: CountedAs) {
        self.add(place, to, false);
    }

    /// A message goes from a status to another, if it is another.
    pub(super) fn goes(&mut self, place: CountedIn, from: CountedAs, to: CountedAs) {
        if from != to {
            self.add(place, from, true);
            self.add(place, to, false);
        }
    }

    fn add(&mut self, place: CountedIn, counted: CountedAs, has_left: bool) {
        let reason = counted.reason.map_or("", Reason::as_str);
        *self.0.entry((place, counted.status.as_str(), reason, has_left)).or_default() += 1;
    }

    /// Adds all of it to what is there.
    pub(super) async fn write(self, tx: &mut Tx) -> Result<()> {
        let columns = ["workspace_id", "mode", "hour", "account_id", "status", "reason", "has_left", "messages"];
        let rows: Vec<Vec<Value>> = self.0.into_iter().map(row).collect();
        let suffix = tx.dialect().add_to_existing(&columns[..7].join(", "), "messages");
        insert_many(tx, "message_counts", &columns, &suffix, rows).await
    }
}

/// What messages counted as when a transaction locked them.
#[derive(Debug, Default)]
pub(crate) struct Known(HashMap<MessageId, CountedAs>);

impl Known {
    /// Notes what was locked.
    pub(super) fn note(&mut self, stored: &[StoredMessage]) {
        // What was locked before may be changed by now, in here.
        for StoredMessage { message, .. } in stored {
            self.0.insert(message.id, CountedAs::of(message));
        }
    }

    /// Which of these messages were not locked yet.
    pub(super) fn unlocked(&self, messages: &[StoredMessage]) -> Vec<MessageId> {
        let ids = messages.iter().map(|stored| stored.message.id);
        ids.filter(|id| !self.0.contains_key(id)).collect()
    }

    /// What it means for the counts that these messages are written. Those that are not there change
    /// nothing.
    pub(super) fn changes(&mut self, messages: &[StoredMessage]) -> Counts {
        let mut counts = Counts::default();
        for StoredMessage { message, .. } in messages {
            let now = CountedAs::of(message);
            if let Some(before) = self.0.get_mut(&message.id) {
                counts.goes(CountedIn::of(message), *before, now);
                *before = now;
            }
        }
        counts
    }
}

fn row(((place, status, reason, has_left), messages): (Key, i64)) -> Vec<Value> {
    let CountedIn { workspace_id, mode, hour, account_id } = place;
    vec![
        workspace_id.into_value(),
        mode.into_value(),
        hour.into_value(),
        account_id.into_value(),
        status.into_value(),
        reason.into_value(),
        has_left.into_value(),
        messages.into_value(),
    ]
}
