//! The job that deletes what a workspace's retention no longer keeps, a batch at a time.
//!
//! Messages go with their attempts, deliveries with theirs, events once no delivery carries them.
//! What has not ended stays with all its own. Chats, contacts, statistics and the audit log stay.

use crate::Engine;
use std::time::Duration;
use wagate_model::{DeliveryId, MediaState, MessageId, Mode, Timestamp, workspace::Workspace};
use wagate_store::{
    Page, Result, Tx, in_transaction, leases,
    media::{self, MediaRow},
    retention::{self, MessageAge},
    turns, workspaces,
};

/// The job's name in logs, metrics and turns.
const NAME: &str = "retention";
/// How often it looks; a turn lasts as long. A pass that takes longer may get company, which does no
/// harm.
const EVERY: Duration = Duration::from_mins(10);
/// What is kept at least, whatever the workspace's limit says: for longer than an idempotency key,
/// whose answer is its message.
const LEAST: Duration = Duration::from_hours(2 * 24);
/// How long incoming messages are kept at least: networks may say again what is a week old.
const LEAST_INCOMING: Duration = Duration::from_hours(8 * 24);
/// How long a deleted endpoint may still be delivered to: an event may just have been recorded.
const LAST_DELIVERIES: Duration = Duration::from_hours(2);
/// Most rows of one transaction, without their children.
const BATCH: u32 = 256;
/// The pause after a batch, so that others come to write.
const PAUSE: Duration = Duration::from_millis(20);

/// What one pass deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Deleted {
    /// Messages.
    pub messages: u64,
    /// Deliveries.
    pub deliveries: u64,
    /// Events.
    pub events: u64,
    /// Files.
    pub media: u64,
}

/// Deletes until the engine stops.
pub(crate) async fn run(engine: Engine) {
    while engine.stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some() {
        match engine.take_turn().await {
            Ok(true) => {}
            Ok(false) => continue,
            Err(error) => {
                tracing::warn!(job = NAME, %error, "whose turn it is could not be read");
                continue;
            }
        }
        metrics::counter!("wagate_job_runs_total", "job" => NAME).increment(1);
        match engine.apply_retention().await {
            Ok(deleted) if deleted != Deleted::default() => {
                let Deleted { messages, deliveries, events, media } = deleted;
                tracing::info!(job = NAME, messages, deliveries, events, media, "what is no longer kept was deleted");
            }
            Ok(_nothing) => {}
            Err(error) => tracing::warn!(job = NAME, %error, "what is no longer kept was not deleted"),
        }
    }
}

/// From when on a workspace's rows are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct KeptFrom {
    all: Timestamp,
    incoming: Timestamp,
}

impl KeptFrom {
    fn of(workspace: &Workspace, now: Timestamp) -> Self {
        let kept = Duration::from_hours(24 * u64::from(workspace.limits.retention_days)).max(LEAST);
        Self { all: now.minus(kept), incoming: now.minus(kept.max(LEAST_INCOMING)) }
    }
}

impl Engine {
    /// Deletes what each workspace's retention no longer keeps: one pass, whoever's turn it is. The
    /// job does it every ten minutes.
    pub async fn apply_retention(&self) -> Result<Deleted> {
        leases::release_deleted_endpoints_any_workspace(&self.database, self.clock.now().minus(LAST_DELIVERIES))
            .await?;
        let mut deleted = Deleted::default();
        let mut page = Page { limit: 100, ..Page::default() };
        loop {
            let workspaces = workspaces::list_any_workspace(&self.database, &self.config.tiers, &page).await?;
            page.starting_after = workspaces.data.last().map(|workspace| workspace.id.to_string());
            for workspace in &workspaces.data {
                self.apply_to(workspace, &mut deleted).await?;
            }
            if !workspaces.has_more || self.stop.is_cancelled() {
                return Ok(deleted);
            }
        }
    }

    async fn take_turn(&self) -> Result<bool> {
        turns::take(&self.database, NAME, &self.config.node, EVERY).await
    }

    async fn apply_to(&self, workspace: &Workspace, deleted: &mut Deleted) -> Result<()> {
        let kept_from = KeptFrom::of(workspace, self.clock.now());
        self.delete_deliveries(workspace, kept_from, deleted).await?;
        for mode in Mode::ALL {
            self.delete_messages(workspace, *mode, kept_from, deleted).await?;
            self.delete_events(workspace, *mode, kept_from, deleted).await?;
        }
        self.delete_unused_media(workspace, kept_from, deleted).await
    }

    /// Files that no message uses any more; the bytes after the rows.
    async fn delete_unused_media(
        &self,
        workspace: &Workspace,
        kept_from: KeptFrom,
        deleted: &mut Deleted,
    ) -> Result<()> {
        let mut after = (Timestamp(0), None);
        while !self.stop.is_cancelled() {
            let old = retention::old_media(&self.database, workspace.id, kept_from.all, after, BATCH).await?;
            let Some((created_at, last)) = old.last().copied() else { break };
            after = (created_at, Some(last));
            for (_, id) in old {
                let (is_deleted, location) = in_transaction!(self.database, |tx| {
                    let row = media::lock(tx, workspace.id, id).await?;
                    match row.filter(|row| row.media.state != MediaState::Pending) {
                        Some(row) => delete_if_unused(tx, &row).await,
                        None => Ok((false, None)),
                    }
                })?;
                if let Some(location) = location {
                    self.remove_object(&location).await;
                }
                deleted.media += u64::from(is_deleted);
                self.rest(u64::from(is_deleted)).await;
            }
        }
        Ok(())
    }

    async fn delete_messages(
        &self,
        workspace: &Workspace,
        mode: Mode,
        kept_from: KeptFrom,
        deleted: &mut Deleted,
    ) -> Result<()> {
        let age = MessageAge { before: kept_from.all, incoming_before: kept_from.incoming };
        let mut after: Option<MessageId> = None;
        while !self.stop.is_cancelled() {
            let batch = retention::delete_messages(&self.database, workspace.id, mode, age, after, BATCH).await?;
            deleted.messages += batch.deleted;
            after = batch.looked_to;
            if after.is_none() {
                break;
            }
            self.rest(batch.deleted).await;
        }
        Ok(())
    }

    async fn delete_deliveries(&self, workspace: &Workspace, kept_from: KeptFrom, deleted: &mut Deleted) -> Result<()> {
        for endpoint in retention::endpoints(&self.database, workspace.id).await? {
            let mut after: Option<DeliveryId> = None;
            while !self.stop.is_cancelled() {
                let batch =
                    retention::delete_deliveries(&self.database, workspace.id, endpoint, kept_from.all, after, BATCH)
                        .await?;
                deleted.deliveries += batch.deleted;
                after = batch.looked_to;
                if after.is_none() {
                    break;
                }
                self.rest(batch.deleted).await;
            }
        }
        Ok(())
    }

    async fn delete_events(
        &self,
        workspace: &Workspace,
        mode: Mode,
        kept_from: KeptFrom,
        deleted: &mut Deleted,
    ) -> Result<()> {
        while !self.stop.is_cancelled() {
            let count = retention::delete_events(&self.database, workspace.id, mode, kept_from.all, BATCH).await?;
            deleted.events += count;
            if count < u64::from(BATCH) {
                break;
            }
            self.rest(count).await;
        }
        Ok(())
    }

    /// Lets others write after a batch that deleted something.
    async fn rest(&self, deleted: u64) {
        if deleted > 0 {
            self.stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
        }
    }
}

/// Deletes a locked file's row if no message uses it. Answers whether it did, and where bytes lie that
/// nobody needs then: they go after the commit.
pub(crate) async fn delete_if_unused(tx: &mut Tx, row: &MediaRow) -> Result<(bool, Option<String>)> {
    let (workspace_id, id) = (row.media.workspace_id, row.media.id);
    if media::is_used(tx, workspace_id, id).await? {
        return Ok((false, None));
    }
    media::delete(tx, workspace_id, id).await?;
    match &row.media.sha256 {
        Some(sha256) => Ok((true, media::forget_object(tx, workspace_id, sha256).await?)),
        None => Ok((true, None)),
    }
}
