//! What waits to be sent to an erased person is cancelled; what is in flight ends first.

use crate::{Engine, engine::Shared, events, messages::change::advance};
use std::time::Duration;
use wagate_model::{Event, MessageId, Reason, Status, Timestamp};
use wagate_store::{
    Result, StoreError, Tx,
    erasures::{self, ErasureRow},
    in_transaction,
    messages::{self, StoredMessage},
};

/// Most messages of one transaction.
const BATCH: u32 = 200;
/// How long an attempt in flight is waited for: its node may be gone for good.
const WAITS_AT_MOST: Duration = Duration::from_mins(10);

impl Engine {
    /// Ends what has not ended in the person's chat; answers whether nothing is left in flight.
    pub(super) async fn end_open_messages(&self, row: &ErasureRow) -> Result<bool> {
        let Some(address) = &row.address else { return Ok(true) };
        let place = (row.erasure.workspace_id, row.erasure.mode);
        let (mut after, mut is_over) = (MessageId::from(wagate_model::id::Ulid(0)), true);
        loop {
            let now = self.clock.now();
            let (looked_at, last, in_flight, to_ring, ended) = in_transaction!(self.database, |tx| {
                let mut open = erasures::lock_open_messages(tx, place, address, (after, row.until()), BATCH).await?;
                let (looked_at, last) = (open.len(), open.last().map(|stored| stored.message.id));
                open.retain_mut(|stored| end(stored, now));
                let in_flight = looked_at - open.len();
                let ended: Vec<_> = open.iter().map(|stored| (stored.message.account_id, stored.message.id)).collect();
                let to_ring = tell(tx, self, place, &open).await?;
                Result::Ok((looked_at, last, in_flight, to_ring, ended))
            })?;
            self.bells.courier.ring(to_ring);
            self.bells.lanes.ring(ended.iter().map(|(account_id, _)| *account_id));
            self.bells.tell_of_messages(ended.iter().map(|(_, id)| *id));
            is_over &= in_flight == 0;
            match last {
                Some(last) if looked_at == BATCH as usize => after = last,
                _ => return Ok(is_over),
            }
        }
    }
}

/// Gives a message its end; answers whether it could.
fn end(stored: &mut StoredMessage, now: Timestamp) -> bool {
    let is_in_flight = stored.message.status == Status::Sending && stored.due_at.is_none();
    if is_in_flight && now.since(stored.message.updated_at) < WAITS_AT_MOST {
        return false;
    }
    if is_in_flight || stored.message.outcome_unknown {
        advance(stored, Status::Failed, now, Some(Reason::OutcomeUnknown), None)
    } else {
        advance(stored, Status::Cancelled, now, Some(Reason::Cancelled), None)
    }
}

async fn tell(
    tx: &mut Tx,
    shared: &Shared,
    (workspace_id, mode): (wagate_model::WorkspaceId, wagate_model::Mode),
    ended: &[StoredMessage],
) -> std::result::Result<events::ToRing, StoreError> {
    messages::save_many(tx, ended).await?;
    let news: Vec<_> = ended.iter().map(|stored| Event::MessageStatus(Box::new(stored.message.clone()))).collect();
    events::append(tx, shared, workspace_id, mode, &news).await
}
