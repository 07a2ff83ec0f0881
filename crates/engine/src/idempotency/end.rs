//! The end of a request with an idempotency key.

use super::{IdempotencyTicket, begin::seal_context};
use crate::{Engine, Error, error::Result};
use wagate_store::{
    idempotency::{self, KeptAnswer},
    in_transaction,
};

impl Engine {
    /// Keeps the answer: 2xx, and the errors of what was really done. One that carries a secret
    /// (`is_secret`) is kept sealed. A ticket whose lease another request took over keeps nothing.
    pub async fn idempotency_finish(
        &self,
        ticket: IdempotencyTicket,
        status: u16,
        body: Vec<u8>,
        is_secret: bool,
    ) -> Result<()> {
        let response = if is_secret {
            let context = seal_context(ticket.workspace_id, &ticket.scope_hash);
            self.keyring.seal_once(&body, &context, &*self.entropy).map_err(Error::internal)?
        } else {
            body
        };
        let answer = KeptAnswer { status_code: status, response, is_sealed: is_secret };
        in_transaction!(self.database, |tx| {
            idempotency::finish(tx, ticket.workspace_id, &ticket.scope_hash, &ticket.token, answer.clone()).await
        })?;
        Ok(())
    }

    /// Forgets the key, so that the request can be asked again: for validation errors, 401, 403,
    /// 409, 429 and 5xx.
    pub async fn idempotency_abandon(&self, ticket: IdempotencyTicket) -> Result<()> {
        in_transaction!(self.database, |tx| {
            idempotency::abandon(tx, ticket.workspace_id, &ticket.scope_hash, &ticket.token).await
        })?;
        Ok(())
    }
}
