//! Attempts are committed just before they are made, many at a time.

use crate::{
    contacts::may_be_written_to,
    engine::{Bells, Shared},
    events,
    group_commit::Batch,
    messages::change::advance,
    recorder::AccountRef,
};
use async_trait::async_trait;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, OnceLock, Weak},
};
use wagate_model::{Content, Event, HistoryEntry, MessageId, Mode, Reason, Status, Timestamp, WorkspaceId};
use wagate_store::{
    Result, StoreError, Tx,
    attempts::{self, NewAttempt},
    in_transaction, leases,
    messages::{self, StoredMessage},
    opt_outs::{self, OptOut},
    workspaces,
};

/// An attempt that is about to be made.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    pub(crate) account: AccountRef,
    pub(crate) message_id: MessageId,
}

/// Whether it may be made.
#[derive(Debug)]
pub(crate) enum Started {
    /// Its row is committed: act now.
    Go(Box<StoredMessage>),
    /// It was cancelled, it expired, or it went already.
    Skip,
    /// Another node holds the account's lease.
    NotOurs,
    /// The workspace is suspended: its queue waits.
    Suspended,
}

pub(crate) struct StartBatch {
    pub(crate) shared: OnceLock<Weak<Shared>>,
    pub(crate) bells: Arc<Bells>,
}

#[async_trait]
impl Batch for StartBatch {
    type Item = Start;
    type Output = Started;

    async fn commit(&self, starts: &[Start]) -> Result<Vec<Started>> {
        let shared = self.shared.get().and_then(Weak::upgrade).ok_or(StoreError::Stopping)?;
        let (started, to_ring) = in_transaction!(shared.database, |tx| start(tx, &shared, starts).await)?;
        self.bells.courier.ring(to_ring);
        self.bells.tell_of_messages(starts.iter().map(|start| start.message_id));
        Ok(started)
    }
}

async fn start(tx: &mut Tx, shared: &Shared, starts: &[Start]) -> Result<(Vec<Started>, events::ToRing)> {
    let now = shared.clock.now();
    // Messages before leases, as everybody locks them.
    let ids: Vec<_> = starts.iter().map(|start| start.message_id).collect();
    let locked = messages::lock_many_any_workspace(tx, &ids).await?;
    let valid = valid_accounts(tx, shared, starts).await?;
    let suspended = suspended_workspaces(tx, starts).await?;
    let people = locked.iter().map(|stored| &stored.message);
    let people = people.map(|message| (message.workspace_id, message.mode, &message.chat_id));
    let opted_out = opt_outs::find_many_any_workspace(&mut *tx, people).await?;
    let mut stored: HashMap<_, _> = locked.into_iter().map(|stored| (stored.message.id, stored)).collect();
    let mut changed = Vec::new();
    let mut begun = Vec::new();
    let mut news: BTreeMap<(WorkspaceId, Mode), Vec<Event>> = BTreeMap::new();
    let mut started = Vec::with_capacity(starts.len());
    for start in starts {
        if !valid.contains(&(start.account.id.to_string(), start.account.epoch)) {
            started.push(Started::NotOurs);
            continue;
        }
        if suspended.contains(&start.account.workspace_id) {
            started.push(Started::Suspended);
            continue;
        }
        let Some(mut stored) = stored.remove(&start.message_id).filter(|stored| is_startable(stored, now)) else {
            started.push(Started::Skip);
            continue;
        };
        let opt_out = opt_out_of(&opted_out, &stored);
        if let Some(end) = end_instead(shared, &stored, &start.account, (opt_out, now)) {
            advance(&mut stored, end.0, now, Some(end.1), None);
            let message = &stored.message;
            news.entry((message.workspace_id, message.mode))
                .or_default()
                .push(Event::MessageStatus(Box::new(message.clone())));
            changed.push(stored);
            started.push(Started::Skip);
            continue;
        }
        begin(&mut stored, now);
        begun.push(attempt(shared, &stored, &start.account, now));
        changed.push(stored.clone());
        started.push(Started::Go(Box::new(stored)));
    }
    messages::save_many(tx, &changed).await?;
    attempts::insert_many(tx, &begun).await?;
    let mut to_ring = Vec::new();
    for ((workspace_id, mode), news) in &news {
        to_ring.extend(events::append(tx, shared, *workspace_id, *mode, news).await?);
    }
    Ok((started, to_ring))
}

async fn valid_accounts(tx: &mut Tx, shared: &Shared, starts: &[Start]) -> Result<HashSet<(String, i64)>> {
    let mut held: Vec<_> = starts.iter().map(|start| (start.account.id.to_string(), start.account.epoch)).collect();
    held.sort_unstable();
    held.dedup();
    Ok(leases::check(tx, &shared.config.node, &held).await?.into_iter().collect())
}

async fn suspended_workspaces(tx: &mut Tx, starts: &[Start]) -> Result<HashSet<WorkspaceId>> {
    let mut ids: Vec<_> = starts.iter().map(|start| start.account.workspace_id).collect();
    ids.sort_unstable();
    ids.dedup();
    workspaces::suspended_any_workspace(tx, &ids).await
}

/// Whether no attempt is in flight, and the message was not given a later time meanwhile.
fn is_startable(stored: &StoredMessage, now: Timestamp) -> bool {
    match stored.message.status {
        Status::Queued | Status::Sending => stored.due_at.is_some(),
        Status::Scheduled => stored.due_at.is_some_and(|due| due <= now),
        _ => false,
    }
}

/// Why a due message ends instead of being sent. What is of unknown outcome never expires.
fn end_instead(
    shared: &Shared,
    stored: &StoredMessage,
    account: &AccountRef,
    (opt_out, now): (Option<&OptOut>, Timestamp),
) -> Option<(Status, Reason)> {
    let message = &stored.message;
    if message.outcome_unknown {
        return (!shared.chooses_ids(account.provider)).then_some((Status::Failed, Reason::OutcomeUnknown));
    }
    if message.expires_at.is_some_and(|until| until <= now) {
        return Some((Status::Expired, Reason::Expired));
    }
    // Their word came after the message was accepted.
    opt_out
        .is_some_and(|opt_out| !may_be_written_to(opt_out, now))
        .then_some((Status::Failed, Reason::RecipientOptedOut))
}

fn opt_out_of<'a>(found: &'a HashMap<opt_outs::Person, OptOut>, stored: &StoredMessage) -> Option<&'a OptOut> {
    let message = &stored.message;
    // Taking something back is no message to them.
    if found.is_empty() || matches!(message.content, Content::Revoke(_)) {
        return None;
    }
    found.get(&(message.workspace_id, message.mode, message.chat_id.clone()))
}

fn begin(stored: &mut StoredMessage, now: Timestamp) {
    stored.due_at = None;
    let message = &mut stored.message;
    message.attempts += 1;
    message.next_attempt_at = None;
    message.hold_reason = None;
    if matches!(message.status, Status::Scheduled | Status::Queued) {
        message.status = Status::Sending;
        message.history.push(HistoryEntry::new(Status::Sending, now, None));
    }
    message.updated_at = now;
}

fn attempt(shared: &Shared, stored: &StoredMessage, account: &AccountRef, now: Timestamp) -> NewAttempt {
    NewAttempt {
        message_id: stored.message.id,
        number: stored.message.attempts,
        workspace_id: account.workspace_id,
        account_id: account.id,
        node: shared.config.node.clone(),
        epoch: account.epoch,
        started_at: now,
        provider_message_id: stored.message.provider_message_id.clone(),
    }
}

#[cfg(test)]
mod tests;
