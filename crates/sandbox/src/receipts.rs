//! What the network says about a message after it took it: receipts, and answers of recipients.
//!
//! What is told is told until the sink stored it. What was not told when the connection or the
//! process ended stays unfinished in the journal and is told by the next connection.

use crate::{
    account::Account,
    connection::Pauses,
    fingerprint::network_id,
    journal::Arrival,
    numbers::{News, behaviour},
};
use std::{sync::Arc, time::Duration};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};
use wagate_model::{
    Content,
    content::ContentKind,
    provider::{Inbound, NetworkEvent},
};

/// How many unfinished arrivals of one account are followed up at once after a start.
const RESUMED_AT_ONCE: usize = 64;

/// The connection that something was to be told by is gone.
struct ConnectionLost;

impl Account {
    /// Tells in the background what follows from an arrival, beginning after `wait`. While the
    /// account is not connected nothing is told; the next connection finds it in the journal.
    pub(crate) fn follow_up(self: &Arc<Self>, arrival: Arrival, wait: Duration) {
        let Some(connection) = self.connection() else {
            return;
        };
        let account = self.clone();
        self.in_background(async move { account.give(connection, arrival, wait).await });
    }

    /// Tells in the background what follows from all arrivals that are unfinished.
    pub(crate) fn resume_receipts(self: &Arc<Self>) {
        let Some(connection) = self.connection() else {
            return;
        };
        let unfinished = self.network.journal.unfinished(self.id);
        if unfinished.is_empty() {
            return;
        }
        let account = self.clone();
        self.in_background(async move {
            let mut under_way = JoinSet::new();
            for arrival in unfinished {
                if under_way.len() >= RESUMED_AT_ONCE {
                    under_way.join_next().await;
                }
                let account = account.clone();
                under_way.spawn(async move { account.give(connection, arrival, Duration::ZERO).await });
            }
            under_way.join_all().await;
        });
    }

    async fn give(&self, connection: u64, arrival: Arrival, wait: Duration) {
        if self.give_all(connection, &arrival, wait).await.is_ok() {
            self.network.journal.finish(&arrival);
        }
    }

    async fn give_all(&self, connection: u64, arrival: &Arrival, wait: Duration) -> Result<(), ConnectionLost> {
        let behaviour = behaviour(&arrival.chat_id);
        let begins = Instant::now() + wait;
        for news in behaviour.news {
            sleep_until(begins + self.delay(*news)).await;
            let provider_message_id = arrival.provider_message_id.clone();
            let (kind, at) = (news.kind, self.network.now());
            self.tell_while(connection, NetworkEvent::Receipt { provider_message_id, kind, at }).await?;
        }
        match echo(arrival).filter(|_| behaviour.is_echo) {
            Some(content) => self.tell_while(connection, NetworkEvent::Message(self.answer_to(arrival, content))).await,
            None => Ok(()),
        }
    }

    fn delay(&self, news: News) -> Duration {
        let jitter = f64::from(news.jitter_ms) * self.network.chance();
        Duration::from_millis(u64::from(news.after_ms)) + Duration::from_secs_f64(jitter / 1_000.0)
    }

    /// Tells one event until the sink stored it, as long as the connection lasts.
    async fn tell_while(&self, connection: u64, event: NetworkEvent) -> Result<(), ConnectionLost> {
        let mut pauses = Pauses::new(self);
        loop {
            if self.connection() != Some(connection) {
                return Err(ConnectionLost);
            }
            self.sink.frame_seen();
            match self.sink.accept(event.clone()).await {
                Ok(()) => return Ok(()),
                Err(error) => {
                    tracing::warn!(account_id = %self.id, %error, "the network will say it again");
                }
            }
            pauses.pause().await;
        }
    }

    /// The recipient's own message with the same words. Its id comes from the message's id, so
    /// that a repeat makes no second answer.
    fn answer_to(&self, arrival: &Arrival, content: Content) -> Inbound {
        Inbound {
            provider_message_id: network_id(&["answer", &arrival.provider_message_id]),
            chat_id: arrival.chat_id.clone(),
            from: arrival.chat_id.clone(),
            content,
            media: None,
            reply_to: None,
            mentions: Vec::new(),
            is_forwarded: false,
            at: self.network.now(),
        }
    }
}

/// What an echo writes back: texts alone.
fn echo(arrival: &Arrival) -> Option<Content> {
    if arrival.kind != ContentKind::Text {
        return None;
    }
    Content::from_stored(arrival.kind, &arrival.content.to_string())
        .inspect_err(|error| tracing::warn!(%error, "an arrival in the sandbox's journal has no answer"))
        .ok()
}
