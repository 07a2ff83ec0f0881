//! The beginning of a request with an idempotency key.

use super::{IdempotencyUse, check_key, scope_hash};
use crate::{Engine, Error, engine::Shared, error::Result, sealing::SealContext};
use secrecy::ExposeSecret as _;
use std::time::Duration;
use wagate_model::{Caller, WorkspaceId};
use wagate_store::{
    Tx,
    idempotency::{self, IdempotencyRow},
    in_transaction,
};

/// How long a request counts as going on. Longer than any request takes.
const LEASE: Duration = Duration::from_mins(1);

/// The right to do what was asked for and to keep its answer. Must be finished or abandoned; one
/// that is lost blocks its key until the lease ends.
#[derive(Debug)]
#[must_use]
pub struct IdempotencyTicket {
    pub(super) workspace_id: WorkspaceId,
    pub(super) scope_hash: String,
    pub(super) token: String,
}

/// What to do with the request.
#[derive(Debug)]
#[must_use]
pub enum Begun {
    /// Do it.
    Fresh(IdempotencyTicket),
    /// Answer this again.
    Replay {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: Vec<u8>,
    },
}

/// What the key's row says.
enum Found {
    Mine,
    Answered(IdempotencyRow),
    InFlight,
    OtherBody,
}

impl Engine {
    /// Takes the key, or says what became of the request that took it first.
    ///
    /// # Errors
    ///
    /// `Invalid` if the key has no valid form, `IdempotencyMismatch` if it came with another body,
    /// `Conflict` with `idempotency_key_in_flight` while the first request is going on.
    pub async fn idempotency_begin(&self, caller: &Caller, request: &IdempotencyUse) -> Result<Begun> {
        check_key(&request.key)?;
        let row = self.new_row(caller, request);
        let found = in_transaction!(self.database, |tx| self.take(tx, &row).await)?;
        match found {
            Found::Mine => {
                let IdempotencyRow { workspace_id, scope_hash, token, .. } = row;
                Ok(Begun::Fresh(IdempotencyTicket { workspace_id, scope_hash, token }))
            }
            Found::Answered(row) => replay(self, row),
            Found::OtherBody => Err(Error::IdempotencyMismatch),
            Found::InFlight => Err(Error::conflict(
                "idempotency_key_in_flight",
                "A request with this idempotency key is going on. Ask again when it has ended.",
            )),
        }
    }

    fn new_row(&self, caller: &Caller, request: &IdempotencyUse) -> IdempotencyRow {
        let mut token = [0; 16];
        self.entropy.fill(&mut token);
        let now = self.clock.now();
        IdempotencyRow {
            scope_hash: scope_hash(caller, request),
            workspace_id: caller.workspace_id,
            token: hex::encode(token),
            body_hash: request.body_hash.clone(),
            lease_until: Some(now.plus(LEASE)),
            status_code: None,
            response: None,
            is_sealed: false,
            created_at: now,
        }
    }

    /// Adds the row unless the key has one, and reads back whose it is.
    async fn take(&self, tx: &mut Tx, mine: &IdempotencyRow) -> wagate_store::Result<Found> {
        idempotency::insert_many(tx, [mine.clone()]).await?;
        let there = idempotency::find(&mut *tx, mine.workspace_id, &mine.scope_hash).await?;
        Ok(match there {
            // Deleted in between: whoever had it gave it up, and asking again will take it.
            None => Found::InFlight,
            Some(row) if row.token == mine.token => Found::Mine,
            Some(row) if row.body_hash != mine.body_hash => Found::OtherBody,
            Some(row) if row.status_code.is_some() => Found::Answered(row),
            Some(row) if row.lease_until.is_some_and(|until| until > self.clock.now()) => Found::InFlight,
            Some(row) => self.take_over(tx, &row, mine).await?,
        })
    }

    async fn take_over(&self, tx: &mut Tx, row: &IdempotencyRow, mine: &IdempotencyRow) -> wagate_store::Result<Found> {
        let until = self.clock.now().plus(LEASE);
        let is_mine = idempotency::take_over(tx, row, &mine.token, until).await?;
        Ok(if is_mine { Found::Mine } else { Found::InFlight })
    }
}

/// Where the sealed answer of a key lies.
pub(super) fn seal_context(workspace_id: WorkspaceId, scope_hash: &str) -> SealContext {
    SealContext::new(workspace_id, "idempotency_keys", scope_hash)
}

/// What stands in place of a kept answer that told of a person whose data was erased.
pub(crate) const ERASED: &[u8] = b"null";

fn replay(shared: &Shared, row: IdempotencyRow) -> Result<Begun> {
    if row.response.as_deref() == Some(ERASED) {
        return Err(Error::conflict(
            "idempotency_answer_erased",
            "This request was answered; the answer was erased with a person's data. Another request needs another key.",
        ));
    }
    let (status, kept) = (row.status_code.unwrap_or_default(), row.response.unwrap_or_default());
    let body = if row.is_sealed {
        let context = seal_context(row.workspace_id, &row.scope_hash);
        shared.keyring.open_once(&kept, &context).map_err(Error::internal)?.expose_secret().to_vec()
    } else {
        kept
    };
    Ok(Begun::Replay { status, body })
}
