//! The shared commit of new messages with their idempotency rows.

use async_trait::async_trait;
use std::collections::{HashMap, HashSet};
use wagate_model::{AccountId, MessageId, Mode, Timestamp, WorkspaceId};
use wagate_store::{
    Database, Result, StoreError, Tx, accounts,
    idempotency::{self, IdempotencyRow},
    in_transaction,
    messages::{self, NewRow},
};

use crate::group_commit::Batch;

/// A message to be accepted.
pub(crate) struct Accept {
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) mode: Mode,
    pub(crate) account_id: AccountId,
    pub(crate) message_id: MessageId,
    /// Its row.
    pub(crate) row: NewRow,
    /// The idempotency row that commits with it.
    pub(crate) idempotency: Option<Repeatable>,
}

/// What identifies a request that may be repeated.
#[derive(Debug, Clone)]
pub(crate) struct Repeatable {
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) scope_hash: String,
    pub(crate) body_hash: String,
    pub(crate) at: Timestamp,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AcceptOutcome {
    /// It is stored.
    Stored,
    /// The same request was answered with this message.
    Replay(MessageId),
    /// The key was used with another body.
    Mismatch,
    /// The account was deleted meanwhile.
    AccountGone,
}

pub(crate) struct AcceptBatch {
    pub(crate) database: Database,
}

#[async_trait]
impl Batch for AcceptBatch {
    type Item = Accept;
    type Output = AcceptOutcome;

    async fn commit(&self, items: &[Accept]) -> Result<Vec<AcceptOutcome>> {
        match in_transaction!(self.database, |tx| accept(tx, items).await) {
            // The answer to the commit may have been lost, and the rows be there.
            Err(error @ StoreError::Unreachable(_)) => self.read_back(items, error).await,
            outcome => outcome,
        }
    }
}

impl AcceptBatch {
    async fn read_back(&self, items: &[Accept], error: StoreError) -> Result<Vec<AcceptOutcome>> {
        let mut outcomes = Vec::with_capacity(items.len());
        for item in items {
            match self.read_back_one(item).await {
                Ok(Some(outcome)) => outcomes.push(outcome),
                Ok(None) | Err(_) => return Err(error),
            }
        }
        Ok(outcomes)
    }

    /// What one item's rows say; `None` if there are none.
    async fn read_back_one(&self, item: &Accept) -> Result<Option<AcceptOutcome>> {
        if messages::find(&self.database, item.workspace_id, item.mode, item.message_id).await?.is_some() {
            return Ok(Some(AcceptOutcome::Stored));
        }
        let Some(row) = &item.idempotency else { return Ok(None) };
        let claimed = idempotency::find(&self.database, row.workspace_id, &row.scope_hash).await?;
        claimed.map(|present| repeated(item, row, &present)).transpose()
    }
}

async fn accept(tx: &mut Tx, items: &[Accept]) -> Result<Vec<AcceptOutcome>> {
    let present = present_accounts(tx, items).await?;
    let repeats = claim(tx, items.iter().filter(|item| present.contains(&item.account_id))).await?;
    let outcomes: Vec<_> = items.iter().map(|item| outcome(item, &present, &repeats)).collect::<Result<_>>()?;
    let new = items.iter().zip(&outcomes).filter(|(_, outcome)| **outcome == AcceptOutcome::Stored);
    messages::insert_many(tx, new.map(|(item, _)| item.row.clone())).await?;
    Ok(outcomes)
}

/// Which of the accounts are there. They cannot be deleted before the commit, so that no message
/// slips in behind the deletion that cancels the queue.
async fn present_accounts(tx: &mut Tx, items: &[Accept]) -> Result<HashSet<AccountId>> {
    let mut ids: Vec<_> = items.iter().map(|item| item.account_id).collect();
    ids.sort_unstable();
    ids.dedup();
    accounts::hold_present_any_workspace(tx, &ids).await
}

/// Puts in the idempotency rows; where one is there already it stays. Reads back whose are there.
async fn claim(tx: &mut Tx, items: impl Iterator<Item = &Accept>) -> Result<HashMap<String, IdempotencyRow>> {
    let rows: Vec<_> = items.filter_map(answered).collect();
    let hashes: Vec<_> = rows.iter().map(|row| row.scope_hash.clone()).collect();
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    idempotency::insert_many(tx, rows).await?;
    let present = idempotency::find_many_any_workspace(tx, &hashes).await?;
    Ok(present.into_iter().map(|row| (row.scope_hash.clone(), row)).collect())
}

/// The row of an accepted message. The message's id stands for the answer, which is made from
/// the message whenever it is asked for.
fn answered(item: &Accept) -> Option<IdempotencyRow> {
    item.idempotency.as_ref().map(|row| IdempotencyRow {
        scope_hash: row.scope_hash.clone(),
        workspace_id: row.workspace_id,
        token: item.message_id.to_string(),
        body_hash: row.body_hash.clone(),
        lease_until: None,
        status_code: None,
        response: None,
        is_sealed: false,
        created_at: row.at,
    })
}

fn outcome(
    item: &Accept,
    present: &HashSet<AccountId>,
    claimed: &HashMap<String, IdempotencyRow>,
) -> Result<AcceptOutcome> {
    if !present.contains(&item.account_id) {
        return Ok(AcceptOutcome::AccountGone);
    }
    let Some(row) = &item.idempotency else { return Ok(AcceptOutcome::Stored) };
    let Some(present) = claimed.get(&row.scope_hash) else {
        return Err(StoreError::Unreadable {
            column: "scope_hash".to_owned(),
            detail: "the row just written is not there".to_owned(),
        });
    };
    repeated(item, row, present)
}

/// What a key that is in use means for the request: it is its first use, a repeat, or another request.
fn repeated(item: &Accept, row: &Repeatable, present: &IdempotencyRow) -> Result<AcceptOutcome> {
    if present.body_hash != row.body_hash {
        return Ok(AcceptOutcome::Mismatch);
    }
    let token: MessageId = present.token.parse().map_err(|error: wagate_model::id::InvalidId| {
        StoreError::Unreadable { column: "token".to_owned(), detail: error.to_string() }
    })?;
    Ok(if token == item.message_id { AcceptOutcome::Stored } else { AcceptOutcome::Replay(token) })
}
