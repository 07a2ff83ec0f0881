//! A message is accepted: checked, committed, and only then answered.

use super::{commit::Accepted, new_message::NewMessage};
use crate::{
    Engine, Result,
    error::{require, require_active},
    idempotency::{IdempotencyUse, check_key},
};
use wagate_model::{Caller, Scope};

impl Engine {
    /// Accepts a message. When this returns it is durable.
    pub async fn send_message(
        &self,
        caller: &Caller,
        new: NewMessage,
        idempotency: Option<IdempotencyUse>,
    ) -> Result<Accepted> {
        require(caller, Scope::MessagesSend)?;
        require_active(caller)?;
        idempotency.as_ref().map_or(Ok(()), |request| check_key(&request.key))?;
        match self.prepare(caller, new).await {
            Ok(prepared) => self.commit_one(caller, prepared, idempotency).await,
            Err(refusal) => self.accepted_before(caller, idempotency.as_ref(), refusal).await,
        }
    }
}
