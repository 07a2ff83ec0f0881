//! A failed message is tried again, as a new message.

use super::{commit::Accepted, new_message::NewMessage, prepare::Prepared};
use crate::{
    Engine, Error, Result,
    error::{require, require_active},
    idempotency::{IdempotencyUse, check_key},
};
use wagate_model::{Caller, Direction, MessageId, Scope, Status};

impl Engine {
    /// Accepts a new message with the content of a failed, cancelled or expired one; `retry_of`
    /// names it.
    pub async fn retry_message(
        &self,
        caller: &Caller,
        id: MessageId,
        idempotency: Option<IdempotencyUse>,
    ) -> Result<Accepted> {
        require(caller, Scope::MessagesSend)?;
        require_active(caller)?;
        idempotency.as_ref().map_or(Ok(()), |request| check_key(&request.key))?;
        match self.message_again(caller, id).await {
            Ok(prepared) => self.commit_one(caller, prepared, idempotency).await,
            Err(refusal) => self.accepted_before(caller, idempotency.as_ref(), refusal).await,
        }
    }

    /// The content of an ended message as a new one.
    async fn message_again(&self, caller: &Caller, id: MessageId) -> Result<Prepared> {
        let earlier = self.any_message(caller, id).await?.message;
        let ended = matches!(earlier.status, Status::Failed | Status::Cancelled | Status::Expired);
        let (Some(to), true, Direction::Outgoing) = (earlier.to, ended, earlier.direction) else {
            return Err(Error::conflict(
                "message_not_failed",
                format!(
                    "The message is `{}`; only a failed, cancelled or expired one can be tried again.",
                    earlier.status
                ),
            ));
        };
        let account = match self.known_account(caller, earlier.account_id).await {
            Err(Error::NotFound(_)) => {
                return Err(Error::conflict("account_deleted", "The account that sent the message is deleted."));
            }
            found => found?,
        };
        if !earlier.content.kind().is_written() {
            let detail = format!("The message is of the type `{}`; ask for that itself anew.", earlier.content.kind());
            return Err(Error::conflict("message_not_retryable", detail));
        }
        let new = NewMessage {
            account_id: Some(account.id),
            to,
            content: earlier.content,
            context: earlier.relations.context.and_then(|context| context.message_id),
            mentions: earlier.relations.mentions,
            forwarded_from: earlier.relations.forwarded_from,
            client_ref: earlier.client_ref,
            metadata: earlier.metadata,
            send_at: None,
            expires_at: None,
        };
        let mut prepared = self.prepare(caller, new).await?;
        prepared.stored.message.retry_of = Some(id);
        Ok(prepared)
    }
}
