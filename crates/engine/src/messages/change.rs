//! The one place where a stored message changes: status, history and the times around it.

use wagate_model::{Change, HistoryEntry, Message, Reason, Status, Timestamp, content::Edit};
use wagate_store::messages::StoredMessage;

/// Gives a message its next status, if the order of statuses allows it; answers whether it did.
pub(crate) fn advance(
    stored: &mut StoredMessage,
    status: Status,
    at: Timestamp,
    reason: Option<Reason>,
    detail: Option<String>,
) -> bool {
    let message = &mut stored.message;
    if !message.status.may_become(status) {
        return false;
    }
    message.status = status;
    message.reason = reason;
    message.reason_detail = detail;
    if status.is_settled() {
        stored.due_at = None;
        stored.waiting_since = None;
        message.next_attempt_at = None;
        message.hold_reason = None;
        message.outcome_unknown = false;
    }
    message.history.push(HistoryEntry::new(status, at, reason));
    message.updated_at = at.max(message.updated_at);
    true
}

/// Gives a message other words, unless it was taken back or the edit does not fit it; answers
/// whether it did.
pub(crate) fn edit(stored: &mut StoredMessage, edit: &Edit, at: Timestamp) -> bool {
    let message = &mut stored.message;
    let Some(content) = message.content.edited(edit).filter(|content| *content != message.content) else {
        return false;
    };
    message.content = content;
    message.edited_at = Some(at);
    note(message, Change::Edited, at);
    true
}

/// Leaves nothing of what a message said; answers whether something was left before.
pub(crate) fn revoke(stored: &mut StoredMessage, at: Timestamp) -> bool {
    let message = &mut stored.message;
    if message.revoked_at.is_some() {
        return false;
    }
    message.content = message.content.revoked();
    message.revoked_at = Some(at);
    note(message, Change::Revoked, at);
    true
}

fn note(message: &mut Message, change: Change, at: Timestamp) {
    message.history.push(HistoryEntry { change: Some(change), ..HistoryEntry::new(message.status, at, None) });
    message.updated_at = at.max(message.updated_at);
}

/// Lets a message wait for its next attempt.
pub(crate) fn wait_until(stored: &mut StoredMessage, due: Timestamp, at: Timestamp, why: Waiting) {
    let message = &mut stored.message;
    stored.due_at = Some(due);
    stored.waiting_since = stored.waiting_since.or(Some(at));
    message.next_attempt_at = Some(due);
    message.reason = Some(why.reason);
    message.reason_detail = why.detail;
    message.hold_reason = why.is_hold.then_some(why.reason);
    message.outcome_unknown = why.is_unknown;
    message.history.push(HistoryEntry::new(message.status, at, Some(why.reason)));
    message.updated_at = at.max(message.updated_at);
}

/// Why a message waits for another attempt.
pub(crate) struct Waiting {
    pub(crate) reason: Reason,
    pub(crate) detail: Option<String>,
    /// Whether the account or the chat is held.
    pub(crate) is_hold: bool,
    /// Whether nobody knows what came of the last attempt.
    pub(crate) is_unknown: bool,
}
