//! A message that was sent is taken back, for everyone.

use super::{commit::Accepted, own::Deed};
use crate::{Engine, Error, Result, idempotency::IdempotencyUse};
use std::time::Duration;
use wagate_model::{Caller, Content, Message, MessageId, content::Revoke};

/// WhatsApp's apps offer to delete for everyone for 2 days and 12 hours (its announcement of
/// 8 August 2022).
const REVOKE: Deed = Deed { done: "taken back", window: Duration::from_hours(60), too_late: "revoke_window_closed" };

impl Engine {
    /// Accepts that a message of one's own is taken back, as a message of the type `revoke`. Once
    /// that is sent, nothing is left of what it said, and there is an event `message.revoked`.
    pub async fn revoke_message(
        &self,
        caller: &Caller,
        id: MessageId,
        idempotency: Option<IdempotencyUse>,
    ) -> Result<Accepted> {
        let content = |target: &Message| {
            let kind = target.content.kind();
            if kind.stands_alone() {
                return Ok(Content::Revoke(Revoke { message_id: id.to_string() }));
            }
            let detail = format!("A message of the type `{kind}` cannot be taken back.");
            Err(Error::conflict("message_not_revocable", detail))
        };
        self.act_on_sent(caller, (id, &REVOKE), content, idempotency).await
    }
}
