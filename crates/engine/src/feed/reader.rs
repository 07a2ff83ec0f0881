//! The one reader of a workspace and mode: it follows the events' table and tells all listeners.

use super::hub::{Channel, ROOM, Topic};
use crate::Engine;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;
use wagate_store::{
    Result, api_keys,
    events::{self, EventFilter},
};

/// How often a reader looks by itself: bells may be lost, and other nodes ring none here.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often it asks whether the listeners' keys still work. What was revoked elsewhere is noticed
/// after this and one look.
const CHECK_KEYS_EVERY: Duration = Duration::from_secs(2);
/// How many events are read at once.
const PAGE: u32 = 256;
/// How long a reader waits for listeners that lie behind, before it cuts them off.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often it looks at them meanwhile.
const LOOK_AT_LISTENERS_EVERY: Duration = Duration::from_millis(5);

pub(super) struct Reader {
    pub(super) engine: Engine,
    pub(super) topic: Topic,
    pub(super) channel: Arc<Channel>,
    /// The number of the last event that the listeners were told.
    pub(super) position: i64,
    /// Whether waiting for slow listeners may help: it did not, the last time.
    pub(super) is_patient: bool,
}

impl Reader {
    /// Reads until nobody listens any more.
    pub(super) async fn run(mut self) {
        let mut keys_due = Instant::now() + CHECK_KEYS_EVERY;
        loop {
            tokio::select! {
                () = self.engine.feed.end.cancelled() => {}
                () = self.channel.bell.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            if self.engine.feed.end.is_cancelled() || self.engine.feed.close_if_alone(self.topic) {
                return;
            }
            if keys_due <= Instant::now() {
                keys_due = Instant::now() + CHECK_KEYS_EVERY;
                self.note(self.check_keys().await);
            }
            let told = self.tell_news().await;
            self.note(told);
        }
    }

    /// What fails now is tried again at the next look.
    fn note(&self, outcome: Result<()>) {
        if let Err(error) = outcome {
            tracing::warn!(%error, workspace_id = %self.topic.0, "the live feed waits for the database");
        }
    }

    async fn check_keys(&self) -> Result<()> {
        let (workspace_id, mode) = self.topic;
        let keys = self.channel.keys();
        let now = self.engine.clock.now();
        let working = api_keys::working(&self.engine.database, workspace_id, mode, &keys, now).await?;
        self.channel.keep_only(&keys, |key| working.contains(key));
        Ok(())
    }

    async fn tell_news(&mut self) -> Result<()> {
        let (workspace_id, mode) = self.topic;
        loop {
            let filter = EventFilter { after_sequence: self.position, ..EventFilter::default() };
            let page = events::list(&self.engine.database, workspace_id, mode, &filter, PAGE).await?;
            if page.data.is_empty() {
                return Ok(());
            }
            self.wait_for_room(page.data.len()).await;
            for event in page.data {
                self.position = event.sequence;
                // Nobody listening any more is fine.
                drop(self.channel.events.send(Arc::new(event)));
            }
            if !page.has_more {
                return Ok(());
            }
        }
    }

    /// Lets listeners catch up before more is put in than there is room for. One that reads nothing at
    /// all holds the others up once.
    async fn wait_for_room(&mut self, events: usize) {
        let until = Instant::now() + PATIENCE;
        while self.channel.events.len() + events > ROOM {
            if !self.is_patient || Instant::now() >= until || self.engine.feed.end.is_cancelled() {
                self.is_patient = false;
                return;
            }
            tokio::time::sleep(LOOK_AT_LISTENERS_EVERY).await;
        }
        self.is_patient = true;
    }
}
