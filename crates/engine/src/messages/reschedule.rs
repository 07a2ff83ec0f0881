//! A message that waits is given another time, or another end.

use super::{change::advance, new_message::check_times};
use crate::{
    Engine, Error, Result,
    error::{require, require_active},
};
use serde_json::json;
use wagate_model::{Caller, FieldError, Message, MessageId, Scope, Status, Timestamp};
use wagate_store::{
    StoreError, in_transaction,
    messages::{self, StoredMessage},
};

/// What to change of a message that waits; the outer `None` leaves it as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MessagePatch {
    /// When it shall be sent; at once with `Some(None)`.
    pub send_at: Option<Option<Timestamp>>,
    /// When it shall not be sent any more; never with `Some(None)`.
    pub expires_at: Option<Option<Timestamp>>,
}

impl Engine {
    /// Changes when a message is sent, while it is `scheduled`, and when it expires, while it waits.
    pub async fn update_message(&self, caller: &Caller, id: MessageId, patch: MessagePatch) -> Result<Message> {
        require(caller, Scope::MessagesSend)?;
        require_active(caller)?;
        self.any_message(caller, id).await?;
        let now = self.clock.now();
        let changed = in_transaction!(self.database, |tx| async {
            let mut stored = messages::lock_many_any_workspace(tx, &[id]).await?;
            let Some(one) = stored.first_mut() else { return Ok(Err(Error::NotFound("message"))) };
            let before = (one.message.send_at, one.message.expires_at);
            if let Err(refusal) = change(one, patch, now) {
                return Ok(Err(refusal));
            }
            let after = (one.message.send_at, one.message.expires_at);
            if before != after {
                messages::save_times(tx, &stored).await?;
                let detail = json!({
                    "send_at": {"from": before.0, "to": after.0}, "expires_at": {"from": before.1, "to": after.1},
                });
                crate::audit::record(tx, self, caller, "message.updated", id, detail).await?;
            }
            Ok::<_, StoreError>(Ok(stored))
        }
        .await)??;
        let message = changed.into_iter().next().map(|stored| stored.message).ok_or(Error::NotFound("message"))?;
        self.bells.lanes.ring([message.account_id]);
        Ok(message)
    }
}

fn change(stored: &mut StoredMessage, patch: MessagePatch, now: Timestamp) -> Result<()> {
    let message = &stored.message;
    if !message.status.may_become(Status::Expired) || stored.due_at.is_none() || message.outcome_unknown {
        let detail = format!("The message is `{}`; only one that waits can be changed.", message.status);
        return Err(Error::conflict("message_not_waiting", detail));
    }
    if patch.send_at.is_some() && message.status != Status::Scheduled {
        let detail = format!("The message is `{}`; only a `scheduled` one can get another `send_at`.", message.status);
        return Err(Error::conflict("message_not_scheduled", detail));
    }
    let send_at = patch.send_at.unwrap_or(message.send_at);
    let expires_at = patch.expires_at.unwrap_or(message.expires_at);
    let mut faults: Vec<FieldError> = Vec::new();
    check_times(patch.send_at.flatten(), patch.expires_at.flatten(), now, &mut faults);
    if faults.is_empty() && send_at.zip(expires_at).is_some_and(|(send_at, expires_at)| expires_at <= send_at) {
        let field = if patch.send_at.is_some() { "send_at" } else { "expires_at" };
        faults.push(FieldError::new(field, "out_of_range", "`expires_at` must be later than `send_at`."));
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    if patch.send_at.is_some() {
        stored.due_at = Some(send_at.unwrap_or(now));
        stored.message.send_at = send_at;
        if send_at.is_none() {
            advance(stored, Status::Queued, now, None, None);
        }
    }
    stored.message.expires_at = expires_at;
    stored.message.updated_at = now.max(stored.message.updated_at);
    Ok(())
}
