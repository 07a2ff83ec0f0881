//! A message is forwarded: its content goes to somebody else, marked as forwarded.

use super::{commit::Accepted, new_message::NewMessage, prepare::Prepared};
use crate::{
    Engine, Error, Result,
    error::{require, require_active},
    idempotency::{IdempotencyUse, check_key},
};
use serde_json::{Map, Value};
use wagate_model::{AccountId, Caller, ChatAddress, MessageId, Scope};

/// Where a message is forwarded to.
#[derive(Debug, Clone)]
pub struct Forwarding {
    /// The account that shall send it; the message's own if it is left out.
    pub account_id: Option<AccountId>,
    /// Whom it goes to.
    pub to: ChatAddress,
    /// The caller's own reference.
    pub client_ref: Option<String>,
    /// The caller's own data.
    pub metadata: Map<String, Value>,
}

impl Engine {
    /// Accepts a new message with the content of another one, in either direction; `forwarded_from`
    /// names that. Whom it answered and named is left behind.
    pub async fn forward_message(
        &self,
        caller: &Caller,
        id: MessageId,
        to: Forwarding,
        idempotency: Option<IdempotencyUse>,
    ) -> Result<Accepted> {
        require(caller, Scope::MessagesSend)?;
        require_active(caller)?;
        idempotency.as_ref().map_or(Ok(()), |request| check_key(&request.key))?;
        match self.prepare_forward(caller, id, to).await {
            Ok(prepared) => self.commit_one(caller, prepared, idempotency).await,
            Err(refusal) => self.accepted_before(caller, idempotency.as_ref(), refusal).await,
        }
    }

    async fn prepare_forward(&self, caller: &Caller, id: MessageId, to: Forwarding) -> Result<Prepared> {
        let source = self.any_message(caller, id).await?.message;
        let kind = source.content.kind();
        if !kind.stands_alone() {
            let detail = format!("A message of the type `{kind}` cannot be forwarded.");
            return Err(Error::conflict("message_not_forwardable", detail));
        }
        let mut new = NewMessage::new(to.to, source.content);
        new.account_id = to.account_id.or(Some(source.account_id));
        new.client_ref = to.client_ref;
        new.metadata = to.metadata;
        new.forwarded_from = Some(id);
        self.prepare(caller, new).await
    }
}
