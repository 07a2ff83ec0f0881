//! The job that ends what has expired while nobody could send it: what is scheduled, held, or waits
//! for another attempt. A lane looks by itself before each attempt.

use super::change::advance;
use crate::Engine;
use std::time::Duration;
use wagate_model::{Event, MessageId, Mode, Reason, Status, Timestamp, WorkspaceId};
use wagate_store::{
    Result, StoreError, in_transaction,
    messages::{self, StoredMessage},
};

/// The job's name in logs and metrics.
const NAME: &str = "expiry";
/// How often it looks.
const EVERY: Duration = Duration::from_secs(2);
/// Most messages of one transaction.
const AT_ONCE: u32 = 200;

/// Ends what has expired until the engine stops.
pub(crate) async fn run(engine: Engine) {
    while engine.stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some() {
        metrics::counter!("wagate_job_runs_total", "job" => NAME).increment(1);
        if let Err(error) = engine.expire_messages().await {
            tracing::warn!(job = NAME, %error, "expired messages were not ended");
        }
    }
}

/// Whether a message has expired and may end so: nothing is in flight and nothing is unknown.
fn has_expired(stored: &StoredMessage, now: Timestamp) -> bool {
    let message = &stored.message;
    let is_past = message.expires_at.is_some_and(|until| until <= now);
    is_past && stored.due_at.is_some() && !message.outcome_unknown && message.status.may_become(Status::Expired)
}

impl Engine {
    /// Looks once; what stays although its time passed, since its outcome is unknown, holds nothing
    /// else up.
    async fn expire_messages(&self) -> Result<()> {
        let now = self.clock.now();
        let mut after = None;
        while !self.stop.is_cancelled() {
            let some = messages::expired_any_workspace(&self.database, now, after, AT_ONCE).await?;
            let Some(last) = some.last() else { return Ok(()) };
            after = Some(*last);
            let ids: Vec<_> = some.iter().map(|(_, id)| *id).collect();
            self.expire(&ids, now).await?;
        }
        Ok(())
    }

    async fn expire(&self, ids: &[MessageId], now: Timestamp) -> Result<()> {
        let (ended, to_ring) = in_transaction!(self.database, |tx| async {
            let mut stored = messages::lock_many_any_workspace(tx, ids).await?;
            stored.retain(|stored| has_expired(stored, now));
            for stored in &mut stored {
                advance(stored, Status::Expired, now, Some(Reason::Expired), None);
            }
            messages::save_many(tx, &stored).await?;
            let mut to_ring = Vec::new();
            for (workspace_id, mode) in homes(&stored) {
                let of_one = stored.iter().map(|stored| &stored.message);
                let of_one = of_one.filter(|message| (message.workspace_id, message.mode) == (workspace_id, mode));
                let news: Vec<_> = of_one.map(|message| Event::MessageStatus(Box::new(message.clone()))).collect();
                to_ring.extend(crate::events::append(tx, self, workspace_id, mode, &news).await?);
            }
            Ok::<_, StoreError>((stored, to_ring))
        }
        .await)?;
        self.bells.courier.ring(to_ring);
        self.bells.tell_of_messages(ended.iter().map(|stored| stored.message.id));
        // What stands behind them in their chats may go.
        self.bells.lanes.ring(ended.iter().map(|stored| stored.message.account_id));
        Ok(())
    }
}

/// The workspaces and modes of messages, in the order in which everybody locks them.
fn homes(stored: &[StoredMessage]) -> Vec<(WorkspaceId, Mode)> {
    let mut homes: Vec<_> = stored.iter().map(|stored| (stored.message.workspace_id, stored.message.mode)).collect();
    homes.sort_unstable();
    homes.dedup();
    homes
}
