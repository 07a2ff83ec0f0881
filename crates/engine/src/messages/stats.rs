//! How many messages there are, and how far they came: from counts that are kept with the messages.

use crate::{Engine, Error, Result, error::require};
use wagate_model::{AccountId, Caller, CountBy, FieldError, Reason, Scope, Status, Timestamp};
use wagate_store::statistics::{self, CountQuery, CountedMessages, Span};

/// Which messages are counted, and by what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatsRequest {
    /// From this time, that of the whole hour; 30 days before `to` unless told.
    pub from: Option<Timestamp>,
    /// To this time, that of the whole hour; now unless told.
    pub to: Option<Timestamp>,
    /// What they are counted by.
    pub group_by: Vec<CountBy>,
    /// How many hours the clocks are ahead of UTC, for days.
    pub ahead: i8,
    /// Only of these accounts; empty is all.
    pub account_ids: Vec<AccountId>,
    /// Only with this status.
    pub status: Option<Status>,
    /// Only with this reason.
    pub reason: Option<Reason>,
}

/// Counted messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    /// From when, on a whole hour.
    pub from: Timestamp,
    /// To when, on a whole hour.
    pub to: Timestamp,
    /// In the order of time, account, status and reason. Groups without messages are left out.
    pub groups: Vec<StatsGroup>,
}

/// A group of messages. What it was not counted by is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatsGroup {
    /// When its hour or day begins.
    pub time: Option<Timestamp>,
    /// Its account.
    pub account_id: Option<AccountId>,
    /// Their status.
    pub status: Option<Status>,
    /// Why they ended so, if there is a reason.
    pub reason: Option<Reason>,
    /// How many, and how far they came.
    pub funnel: Funnel,
}

/// How far messages came. Who came further came here too: a message that was read counts as sent,
/// delivered and read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Funnel {
    /// All outgoing ones.
    pub accepted: i64,
    /// Not sent yet, and not given up.
    pub waiting: i64,
    /// Taken by the network.
    pub sent: i64,
    /// At the recipient's.
    pub delivered: i64,
    /// Seen by the recipient.
    pub read: i64,
    /// Given up, whether the network took them first or not.
    pub failed: i64,
    /// Cancelled.
    pub cancelled: i64,
    /// Expired.
    pub expired: i64,
    /// Incoming ones.
    pub received: i64,
}

impl Funnel {
    fn add(&mut self, status: Status, messages: i64) {
        if status == Status::Received {
            self.received += messages;
            return;
        }
        self.accepted += messages;
        match status {
            Status::Scheduled | Status::Queued | Status::Sending => self.waiting += messages,
            Status::Sent | Status::Delivered | Status::Read => self.sent += messages,
            Status::Failed => self.failed += messages,
            Status::Cancelled => self.cancelled += messages,
            Status::Expired => self.expired += messages,
            Status::Received => {}
        }
        if matches!(status, Status::Delivered | Status::Read) {
            self.delivered += messages;
        }
        if status == Status::Read {
            self.read += messages;
        }
    }
}

const HOUR: i64 = 3_600_000;
/// The time that is counted unless told, in hours.
const USUAL_HOURS: i64 = 30 * 24;
/// The longest time, in hours.
const MOST_HOURS: i64 = 400 * 24;
/// Most counted groups of one answer.
const MOST_GROUPS: u32 = 10_000;

impl Engine {
    /// Counts messages. Each counts in the hour in which it was accepted or came in, under the status
    /// that it has now. A credential that is bound to accounts counts theirs only. Needs `messages:read`.
    pub async fn message_stats(&self, caller: &Caller, request: &StatsRequest) -> Result<Statistics> {
        require(caller, Scope::MessagesRead)?;
        let (from, to) = self.whole_hours(request)?;
        let by = |what| request.group_by.contains(&what);
        let span = match (by(CountBy::Hour), by(CountBy::Day)) {
            (true, true) => return Err(fault("group_by", "not_allowed", "Count by hour or by day, not by both.")),
            (true, false) => Span::Hour,
            (false, true) => Span::Day { ahead: request.ahead },
            (false, false) => Span::All,
        };
        let query = CountQuery {
            from,
            to,
            account_ids: caller.accounts_among(&request.account_ids),
            status: request.status,
            reason: request.reason,
            span,
            by_account: by(CountBy::Account),
            by_reason: by(CountBy::Reason),
            limit: MOST_GROUPS + 1,
        };
        let counted = statistics::count_messages(&self.database, caller.workspace_id, caller.mode, &query).await?;
        if counted.len() > MOST_GROUPS as usize {
            let detail = format!("This makes more than {MOST_GROUPS} groups: count a shorter time, or by less.");
            return Err(fault("group_by", "too_many", detail));
        }
        Ok(Statistics { from, to, groups: grouped(counted, by(CountBy::Status)) })
    }

    /// The time that is counted, as whole hours.
    fn whole_hours(&self, request: &StatsRequest) -> Result<(Timestamp, Timestamp)> {
        let hour_of = |at: Timestamp| at.0.div_euclid(HOUR);
        // An hour counts that began before `to`, and the present one.
        let to =
            request.to.map_or_else(|| hour_of(self.clock.now()), |to| hour_of(Timestamp(to.0.saturating_sub(1)))) + 1;
        let from = request.from.map_or(to - USUAL_HOURS, hour_of);
        if from >= to {
            return Err(fault("from", "out_of_range", "A time before `to` was expected."));
        }
        if to - from > MOST_HOURS {
            return Err(fault(
                "from",
                "out_of_range",
                format!("At most {} days are counted at once.", MOST_HOURS / 24),
            ));
        }
        Ok((Timestamp(from * HOUR), Timestamp(to * HOUR)))
    }
}

fn fault(field: &'static str, code: &'static str, detail: impl Into<String>) -> Error {
    Error::invalid(FieldError::new(field, code, detail))
}

/// Puts together what differs by status alone, unless that is asked for. What belongs together stands
/// together, but for reasons, which come after the status in the order of what was counted.
fn grouped(counted: Vec<CountedMessages>, by_status: bool) -> Vec<StatsGroup> {
    let mut groups: Vec<StatsGroup> = Vec::new();
    for CountedMessages { from, account_id, status, reason, messages } in counted {
        let shown = by_status.then_some(status);
        let is_same = |group: &&mut StatsGroup| {
            (group.time, group.account_id, group.status, group.reason) == (from, account_id, shown, reason)
        };
        // Of one time and account there are a few groups at most, the last ones.
        let near = groups.iter_mut().rev().take_while(|group| (group.time, group.account_id) == (from, account_id));
        if let Some(group) = near.into_iter().find(is_same) {
            group.funnel.add(status, messages);
        } else {
            let mut group = StatsGroup { time: from, account_id, status: shown, reason, ..StatsGroup::default() };
            group.funnel.add(status, messages);
            groups.push(group);
        }
    }
    groups
}
