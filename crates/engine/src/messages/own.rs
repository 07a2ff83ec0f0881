//! Our own messages that were sent: what may still be done to them, and until when.

use crate::{Engine, Error, Result, error::require, error::require_active};
use std::time::Duration;
use wagate_model::{Caller, Content, Direction, Message, MessageId, Scope, Status, Timestamp, content::ContentKind};

use super::{commit::Accepted, new_message::NewMessage, prepare::Prepared};
use crate::idempotency::{IdempotencyUse, check_key};

/// What is done to a message that was sent.
pub(super) struct Deed {
    /// In a word that ends a sentence.
    pub(super) done: &'static str,
    /// How long after it was sent, by WhatsApp's own apps.
    pub(super) window: Duration,
    /// The conflict of one that came too late.
    pub(super) too_late: &'static str,
}

impl Engine {
    /// Does something to a message that was sent: as a message of its own, which goes through the
    /// lane in the chat's order and ends when the window does.
    pub(super) async fn act_on_sent(
        &self,
        caller: &Caller,
        (id, deed): (MessageId, &Deed),
        content: impl FnOnce(&Message) -> Result<Content>,
        idempotency: Option<IdempotencyUse>,
    ) -> Result<Accepted> {
        require(caller, Scope::MessagesSend)?;
        require_active(caller)?;
        idempotency.as_ref().map_or(Ok(()), |request| check_key(&request.key))?;
        match self.prepare_deed(caller, id, deed, content).await {
            Ok(prepared) => self.commit_one(caller, prepared, idempotency).await,
            Err(refusal) => self.accepted_before(caller, idempotency.as_ref(), refusal).await,
        }
    }

    async fn prepare_deed(
        &self,
        caller: &Caller,
        id: MessageId,
        deed: &Deed,
        content: impl FnOnce(&Message) -> Result<Content>,
    ) -> Result<Prepared> {
        let target = self.any_message(caller, id).await?.message;
        let until = open_until(&target, deed, self.clock.now())?;
        let content = content(&target)?;
        if let Err(Error::NotFound(_)) = self.known_account(caller, target.account_id).await {
            return Err(Error::conflict("account_deleted", "The account that sent the message is deleted."));
        }
        let mut new = NewMessage::new(target.chat_id, content);
        new.account_id = Some(target.account_id);
        let mut prepared = self.prepare(caller, new).await?;
        prepared.stored.message.expires_at = Some(until);
        Ok(prepared)
    }
}

/// Until when it may be done to the message, if it may be done at all.
fn open_until(target: &Message, deed: &Deed, now: Timestamp) -> Result<Timestamp> {
    let done = deed.done;
    if target.direction == Direction::Incoming {
        return Err(Error::conflict("message_not_outgoing", format!("Only a message of your own can be {done}.")));
    }
    if target.content.kind() == ContentKind::Revoked {
        return Err(Error::conflict("message_revoked", "The message was taken back."));
    }
    let waits = matches!(target.status, Status::Scheduled | Status::Queued | Status::Sending);
    let Some(sent_at) = sent_at(target).filter(|_| !waits && target.status != Status::Failed) else {
        let advice = if waits { "; one that waits can be cancelled, and sent anew" } else { "" };
        let detail = format!("The message is `{}`; only one that was sent can be {done}{advice}.", target.status);
        return Err(Error::conflict("message_not_sent", detail));
    };
    let until = sent_at.plus(deed.window);
    if until <= now {
        let detail = format!("A message can be {done} until {} minutes after it was sent.", deed.window.as_secs() / 60);
        return Err(Error::conflict(deed.too_late, detail));
    }
    Ok(until)
}

/// When the network had it for sure.
fn sent_at(message: &Message) -> Option<Timestamp> {
    let is_there = |status| matches!(status, Status::Sent | Status::Delivered | Status::Read);
    message.history.iter().find(|entry| is_there(entry.status)).map(|entry| entry.at)
}
