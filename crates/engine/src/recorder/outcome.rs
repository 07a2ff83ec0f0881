//! What came of attempts, and what the network says of sent messages.

use super::{AccountRef, Next, Recorded, after_failure, batch::Work};
use crate::{
    engine::Shared,
    messages::change::{Waiting, advance, wait_until},
};
use wagate_model::{
    MessageId, Reason, Status, Timestamp,
    provider::{ReceiptKind, SendFailure},
};
use wagate_store::attempts::AttemptEnd;

/// An attempt that the network did not take, or of which nobody knows.
pub(super) struct Failed<'a> {
    pub(super) message_id: MessageId,
    pub(super) attempt: u32,
    pub(super) failure: &'a SendFailure,
    pub(super) at: Timestamp,
}

impl Failed<'_> {
    fn end(&self) -> AttemptEnd {
        let is_unknown = self.failure.reason == Reason::OutcomeUnknown;
        AttemptEnd {
            message_id: self.message_id,
            number: self.attempt,
            outcome: if is_unknown { "unknown" } else { "failed" },
            reason: Some(self.failure.reason),
            detail: Some(self.failure.detail.clone()),
            ended_at: self.at,
        }
    }
}

impl Work {
    /// The network took the message.
    pub(super) fn accepted(&mut self, id: MessageId, attempt: u32, provider_message_id: &str, at: Timestamp) {
        self.ends.push(AttemptEnd {
            message_id: id,
            number: attempt,
            outcome: "accepted",
            reason: None,
            detail: None,
            ended_at: at,
        });
        let Some(stored) = self.stored.get_mut(&id) else { return };
        if stored.message.provider_message_id.is_none() {
            // Kept even if the message failed meanwhile: receipts that come find it by this.
            stored.message.provider_message_id = Some(provider_message_id.to_owned());
            self.changed.push(id);
        }
        let had = is_there(stored.message.status);
        if advance(stored, Status::Sent, at, None, None) {
            self.tell(id);
            self.arrived(id, had, at);
        }
    }

    /// The network did not take the message, or nobody knows.
    pub(super) fn failed(&mut self, shared: &Shared, account: &AccountRef, failed: &Failed<'_>) -> Recorded {
        let &Failed { message_id: id, attempt, failure, at } = failed;
        let is_unknown = failure.reason == Reason::OutcomeUnknown;
        self.ends.push(failed.end());
        let Some(stored) = self.stored.get_mut(&id) else { return Recorded::default() };
        // Another attempt was started since, news of the message came before this outcome, or it is
        // recorded already and only the answer to that commit was lost.
        if stored.message.attempts != attempt || stored.message.status != Status::Sending || stored.due_at.is_some() {
            return Recorded { waits_until: stored.due_at, ..Recorded::default() };
        }
        if is_unknown {
            metrics::counter!("outcome_unknown_total").increment(1);
        }
        let next = after_failure(failure, attempt, shared.chooses_ids(account.provider), at, seed(id, attempt));
        let (until, is_hold) = match next {
            Next::GiveUp => {
                advance(stored, Status::Failed, at, Some(failure.reason), Some(failure.detail.clone()));
                self.tell(id);
                return Recorded::default();
            }
            Next::Wait(until) => (until, false),
            Next::HoldAccount => (at, true),
            Next::HoldNewChats(until) => (until, true),
        };
        let detail = Some(failure.detail.clone());
        wait_until(stored, until, at, Waiting { reason: failure.reason, detail, is_hold, is_unknown });
        self.changed.push(id);
        let recorded = match next {
            Next::HoldAccount => self.hold(account, failure.reason, at),
            Next::HoldNewChats(until) => self.hold_new_chats(account, until, at),
            Next::Wait(_) | Next::GiveUp => Recorded::default(),
        };
        Recorded { waits_until: Some(until), ..recorded }
    }

    /// A queued message waits, since new chats are restricted.
    pub(super) fn held_new_chat(&mut self, id: MessageId, until: Timestamp, reason: Reason, at: Timestamp) -> Recorded {
        if let Some(stored) = self.stored.get_mut(&id).filter(|stored| is_untried(stored.message.status)) {
            advance(stored, Status::Queued, at, None, None);
            stored.due_at = Some(until);
            stored.message.hold_reason = Some(reason);
            stored.message.updated_at = at;
            self.changed.push(id);
        }
        Recorded { waits_until: Some(until), ..Recorded::default() }
    }

    /// News of a message that was sent.
    pub(super) fn receipt(
        &mut self,
        account: &AccountRef,
        provider_message_id: &str,
        kind: ReceiptKind,
        at: Timestamp,
    ) {
        let Some(id) = self.by_provider_id.get(&(account.id, provider_message_id.to_owned())).copied() else {
            tracing::debug!(account_id = %account.id, "a receipt for a message that is not ours");
            return;
        };
        let Some(stored) = self.stored.get_mut(&id) else { return };
        let (status, reason) = match kind {
            ReceiptKind::Sent => (Status::Sent, None),
            ReceiptKind::Delivered => (Status::Delivered, None),
            ReceiptKind::Read => (Status::Read, None),
            ReceiptKind::Failed(reason) => (Status::Failed, Some(reason)),
        };
        let had = is_there(stored.message.status);
        if advance(stored, status, at, reason, None) {
            self.tell(id);
            self.arrived(id, had, at);
        }
    }

    /// What follows once the network has a message that it did not have before.
    fn arrived(&mut self, id: MessageId, had: bool, at: Timestamp) {
        if !had && self.stored.get(&id).is_some_and(|stored| is_there(stored.message.status)) {
            self.take_effect(id, at);
        }
    }
}

/// Whether the network has the message for sure.
const fn is_there(status: Status) -> bool {
    matches!(status, Status::Sent | Status::Delivered | Status::Read)
}

const fn is_untried(status: Status) -> bool {
    matches!(status, Status::Scheduled | Status::Queued)
}

/// Jitter that is the same whenever the same outcome is recorded again.
fn seed(id: MessageId, attempt: u32) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (id, attempt).hash(&mut hasher);
    hasher.finish()
}
