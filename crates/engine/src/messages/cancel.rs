//! A message that is not on its way yet is cancelled.

use super::change::advance;
use crate::{Engine, Error, Result, engine::Shared, error::require, events};
use wagate_model::{Account, Caller, Event, Message, MessageId, Reason, Scope, Status, Timestamp};
use wagate_store::{
    StoreError, Tx, in_transaction,
    messages::{self, StoredMessage},
};

impl Engine {
    /// Cancels a message, unless an attempt is in flight or it went out already.
    pub async fn cancel_message(&self, caller: &Caller, id: MessageId) -> Result<Message> {
        require(caller, Scope::MessagesSend)?;
        self.any_message(caller, id).await?;
        let now = self.clock.now();
        let (stored, to_ring) = in_transaction!(self.database, |tx| async {
            let mut stored = messages::lock_many_any_workspace(tx, &[id]).await?;
            let mut to_ring = Vec::new();
            if stored.first().is_some_and(is_cancellable) {
                crate::audit::record(tx, self, caller, "message.cancelled", id, serde_json::json!({})).await?;
                // Last, since it locks the sequence of events.
                to_ring = cancel(tx, self, &mut stored, now).await?;
            }
            Ok::<_, StoreError>((stored, to_ring))
        }
        .await)?;
        self.bells.courier.ring(to_ring);
        self.bells.tell_of_messages([id]);
        // What stands behind it in its chat may go.
        self.bells.lanes.ring(stored.iter().map(|stored| stored.message.account_id));
        match stored.into_iter().next() {
            Some(stored) if stored.message.status == Status::Cancelled => Ok(stored.message),
            Some(stored) => Err(Error::conflict("message_not_cancellable", not_cancellable(&stored))),
            None => Err(Error::NotFound("message")),
        }
    }
}

fn not_cancellable(stored: &StoredMessage) -> String {
    if stored.message.status == Status::Sending {
        "An attempt is in flight or its outcome is unknown; only a message that waits can be cancelled.".to_owned()
    } else {
        format!("The message is `{}`; only a message that waits can be cancelled.", stored.message.status)
    }
}

/// Whether no attempt is in flight and none is of unknown outcome.
fn is_cancellable(stored: &StoredMessage) -> bool {
    stored.message.status.may_become(Status::Cancelled) && stored.due_at.is_some() && !stored.message.outcome_unknown
}

async fn cancel(
    tx: &mut Tx,
    shared: &Shared,
    stored: &mut [StoredMessage],
    now: Timestamp,
) -> std::result::Result<events::ToRing, StoreError> {
    for stored in &mut *stored {
        advance(stored, Status::Cancelled, now, Some(Reason::Cancelled), None);
    }
    messages::save_many(tx, stored).await?;
    let Some(first) = stored.first() else { return Ok(Vec::new()) };
    let news: Vec<_> = stored.iter().map(|stored| Event::MessageStatus(Box::new(stored.message.clone()))).collect();
    events::append(tx, shared, first.message.workspace_id, first.message.mode, &news).await
}

/// Cancels all that an account has waiting, with events; for its deletion.
pub(crate) async fn cancel_all_of_account(
    tx: &mut Tx,
    shared: &Shared,
    account: &Account,
    now: Timestamp,
) -> std::result::Result<events::ToRing, StoreError> {
    let mut to_ring = Vec::new();
    loop {
        let some =
            messages::cancellable_of_account(tx, account.workspace_id, account.mode, account.id, CANCELLED_AT_ONCE)
                .await?;
        let mut cancellable: Vec<_> = some.into_iter().filter(is_cancellable).collect();
        if cancellable.is_empty() {
            return Ok(to_ring);
        }
        to_ring.extend(cancel(tx, shared, &mut cancellable, now).await?);
    }
}

const CANCELLED_AT_ONCE: u32 = 500;
