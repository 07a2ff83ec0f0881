//! Prepared messages become durable, with the idempotency key of the request that brought them.

use super::{
    accept::{Accept, AcceptOutcome, Fate, NewRowOf, Repeatable},
    prepare::Prepared,
    sending_account::no_such_account,
};
use crate::{
    Engine, Error, Result,
    idempotency::{IdempotencyUse, scope_hash},
    limits::quota::Quota,
};
use wagate_model::{Caller, FieldError, Message, MessageId};
use wagate_store::idempotency::IdempotencyRow;

/// An accepted message.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The message as it was accepted.
    pub message: Message,
    /// Whether an earlier request was answered with it already; then this is the same answer.
    pub is_replay: bool,
}

/// What became of the messages of one request.
#[derive(Debug)]
pub(super) enum Committed {
    /// Each message, or what stood against it at that moment: its account was deleted meanwhile, or
    /// the recipient wants no more messages.
    Stored(Vec<Result<Message>>),
    /// The same request was committed before: its key's row.
    Before(IdempotencyRow),
}

/// The refusal of a message to somebody who wants no more.
pub(super) fn recipient_opted_out() -> Error {
    Error::invalid(FieldError::new(
        "to",
        "recipient_opted_out",
        "They want no more messages. Once they write again, they can be answered for 24 hours.",
    ))
}

/// The file of a message was deleted while the message was accepted.
fn media_gone(message: &Message) -> Error {
    let field = format!("{}/id", message.content.kind());
    Error::invalid(FieldError::new(field, "not_found", "There is no such file in this workspace and mode."))
}

impl Engine {
    /// Commits one prepared message, or finds the one that answered the same request before.
    pub(super) async fn commit_one(
        &self,
        caller: &Caller,
        prepared: Prepared,
        idempotency: Option<IdempotencyUse>,
    ) -> Result<Accepted> {
        let token = prepared.stored.message.id.to_string();
        let request = idempotency.as_ref().map(|request| self.repeatable(caller, request, token, None));
        match self.commit_prepared(caller, vec![prepared], request).await? {
            Committed::Stored(mut messages) => match messages.pop().unwrap_or_else(|| Err(no_such_account())) {
                Ok(message) => Ok(Accepted { message, is_replay: false }),
                Err(refusal) => self.accepted_before(caller, idempotency.as_ref(), refusal).await,
            },
            Committed::Before(row) => self.accepted_by(caller, &row).await,
        }
    }

    /// Commits the messages of one request in one transaction: all of them but those that something
    /// stands against by now.
    pub(super) async fn commit_prepared(
        &self,
        caller: &Caller,
        prepared: Vec<Prepared>,
        idempotency: Option<Repeatable>,
    ) -> Result<Committed> {
        let messages = prepared.iter().map(|prepared| NewRowOf::new(prepared, self.ids.next())).collect();
        let (count, now) = (prepared.len(), self.clock.now());
        let quota = Quota::of(caller, now);
        let accept = Accept { workspace_id: caller.workspace_id, mode: caller.mode, messages, quota, idempotency };
        match self.accepts.submit(accept).await? {
            AcceptOutcome::Done(fates) => {
                let messages: Vec<_> = prepared
                    .into_iter()
                    .zip(fates)
                    .map(|(prepared, fate)| match fate {
                        Fate::Stored => Ok(prepared.stored.message),
                        Fate::AccountGone => Err(no_such_account()),
                        Fate::OptedOut => Err(recipient_opted_out()),
                        Fate::MediaGone => Err(media_gone(&prepared.stored.message)),
                    })
                    .collect();
                self.bells.lanes.ring(messages.iter().flatten().map(|message| message.account_id));
                Ok(Committed::Stored(messages))
            }
            AcceptOutcome::Before(row) => Ok(Committed::Before(row)),
            AcceptOutcome::Mismatch => Err(Error::IdempotencyMismatch),
            AcceptOutcome::OverQuota(left) => Err(quota.exceeded(count, left, now)),
        }
    }

    /// The key of a request, to be committed with its messages. `token` is new for each request;
    /// `response` is what a repeat is answered from, beside the token.
    pub(super) fn repeatable(
        &self,
        caller: &Caller,
        request: &IdempotencyUse,
        token: String,
        response: Option<Vec<u8>>,
    ) -> Repeatable {
        Repeatable {
            workspace_id: caller.workspace_id,
            scope_hash: scope_hash(caller, request),
            body_hash: request.body_hash.clone(),
            token,
            response,
            at: self.clock.now(),
        }
    }

    /// The message that answered the same request before: what stands against the request now did
    /// not stand against it then. If there is none, the refusal.
    pub(super) async fn accepted_before(
        &self,
        caller: &Caller,
        idempotency: Option<&IdempotencyUse>,
        refusal: Error,
    ) -> Result<Accepted> {
        match self.answered_before(caller, idempotency).await? {
            Some(row) => self.accepted_by(caller, &row).await,
            None => Err(refusal),
        }
    }

    /// The row of a request's key, if the same request was committed before.
    pub(super) async fn answered_before(
        &self,
        caller: &Caller,
        idempotency: Option<&IdempotencyUse>,
    ) -> Result<Option<IdempotencyRow>> {
        let Some(request) = idempotency else { return Ok(None) };
        let found =
            wagate_store::idempotency::find(&self.database, caller.workspace_id, &scope_hash(caller, request)).await?;
        match found {
            Some(row) if row.body_hash != request.body_hash => Err(Error::IdempotencyMismatch),
            found => Ok(found),
        }
    }

    async fn accepted_by(&self, caller: &Caller, row: &IdempotencyRow) -> Result<Accepted> {
        let id: MessageId = row.token.parse().map_err(Error::internal)?;
        let message = self.any_message(caller, id).await?.message;
        Ok(Accepted { message: self.as_accepted(message), is_replay: true })
    }

    /// A message as it was first answered.
    pub(super) fn as_accepted(&self, message: Message) -> Message {
        // The account may be gone by now; an id of our choice is known by itself.
        let mut chosen = self
            .providers
            .iter()
            .filter(|provider| self.chooses_ids(provider.kind()))
            .map(|provider| provider.new_message_id(message.id));
        let has_chosen_id = chosen.any(|chosen| message.provider_message_id.as_ref() == Some(&chosen));
        message.as_accepted(has_chosen_id)
    }
}
