//! One listener: what it missed first, then what comes.

use super::hub::{KeyWatch, Place, Topic};
use crate::{Engine, Error, Result, events::EventFilter};
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::Instant,
};
use tokio_util::sync::CancellationToken;
use wagate_model::event::StoredEvent;
use wagate_store::{PageOf, events};

/// After how long without an event a listener is told that all is well.
const ALIVE_EVERY: Duration = Duration::from_secs(20);
/// How many events of those that were missed are read at once.
const PAGE: u32 = 100;

/// What a listener is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fed {
    /// It hears what comes after this number.
    Begun {
        /// The number.
        sequence: i64,
    },
    /// What comes after the asked number is not known any more, or never was: the listener must look at
    /// things anew, and hears what comes after `sequence`.
    Reset {
        /// The number that was asked for.
        asked: i64,
        /// The oldest event that is kept, or the next one if there is none.
        oldest: i64,
        /// The last event of all.
        sequence: i64,
    },
    /// An event.
    Event(Arc<StoredEvent>),
    /// Nothing happened for a while, of what it wants to hear.
    Alive {
        /// The number of the last event, whatever it was of.
        sequence: i64,
    },
}

impl Fed {
    /// The number after which the listener goes on.
    pub fn sequence(&self) -> i64 {
        match self {
            Self::Begun { sequence } | Self::Reset { sequence, .. } | Self::Alive { sequence } => *sequence,
            Self::Event(event) => event.sequence,
        }
    }
}

/// A listener's side of the feed; dropping it is hanging up.
pub struct Feed {
    engine: Engine,
    topic: Topic,
    /// What it wants to hear, after the last number that it knows of.
    filter: EventFilter,
    first: Option<Fed>,
    missed: VecDeque<StoredEvent>,
    live: Receiver<Arc<StoredEvent>>,
    /// Whether it has had all that it missed.
    is_live: bool,
    /// Whether it has kept up with something since then. Until it has, lying behind is not its fault.
    has_kept_up: bool,
    alive_at: Instant,
    pub(super) alive_every: Duration,
    end: CancellationToken,
    watch: Option<KeyWatch>,
    _place: Place,
}

impl Feed {
    pub(super) fn new(
        engine: Engine,
        topic: Topic,
        filter: EventFilter,
        live: Receiver<Arc<StoredEvent>>,
        (place, watch): (Place, Option<KeyWatch>),
    ) -> Self {
        Self {
            end: engine.feed.end.clone(),
            engine,
            topic,
            filter,
            first: None,
            missed: VecDeque::new(),
            live,
            is_live: false,
            has_kept_up: false,
            alive_at: Instant::now() + ALIVE_EVERY,
            alive_every: ALIVE_EVERY,
            watch,
            _place: place,
        }
    }

    pub(super) fn beginning(self, first: Fed, is_live: bool) -> Self {
        Self { first: Some(first), is_live, ..self }
    }

    /// What the listener hears next; `None` when it must come back: its key works no more, it was too
    /// slow, the database is away while it catches up, or the gateway stops.
    pub async fn next(&mut self) -> Option<Fed> {
        while !self.must_go() {
            if let Some(first) = self.first.take() {
                return Some(first);
            }
            if let Some(event) = self.missed.pop_front() {
                self.filter.after_sequence = event.sequence;
                self.is_alive_in(self.alive_every);
                return Some(Fed::Event(Arc::new(event)));
            }
            if self.is_live {
                if let Some(fed) = self.live_next().await? {
                    return Some(fed);
                }
            } else {
                self.read_missed().await?;
            }
        }
        None
    }

    pub(super) fn is_alive_in(&mut self, time: Duration) {
        self.alive_at = Instant::now() + time;
    }

    fn must_go(&self) -> bool {
        self.end.is_cancelled() || self.watch.as_ref().is_some_and(|watch| watch.ended.is_cancelled())
    }

    /// What comes next, `Some(None)` if it is nothing for this listener, `None` if it must go.
    async fn live_next(&mut self) -> Option<Option<Fed>> {
        let ended = async {
            match &self.watch {
                Some(watch) => watch.ended.cancelled().await,
                None => std::future::pending().await,
            }
        };
        let received = tokio::select! {
            received = self.live.recv() => received,
            () = self.end.cancelled() => return None,
            () = ended => return None,
            () = tokio::time::sleep_until(self.alive_at) => {
                self.is_alive_in(self.alive_every);
                return Some(Some(Fed::Alive { sequence: self.filter.after_sequence }));
            }
        };
        match received {
            Ok(event) => {
                self.has_kept_up = true;
                Some(self.hear(event))
            }
            Err(RecvError::Lagged(_)) if !self.has_kept_up => {
                self.live = self.live.resubscribe();
                self.is_live = false;
                Some(None)
            }
            Err(RecvError::Lagged(_) | RecvError::Closed) => None,
        }
    }

    fn hear(&mut self, event: Arc<StoredEvent>) -> Option<Fed> {
        if event.sequence <= self.filter.after_sequence {
            return None;
        }
        self.filter.after_sequence = event.sequence;
        let is_wanted = (self.filter.types.is_empty() || self.filter.types.contains(&event.event_type))
            && self
                .filter
                .bound_to
                .as_ref()
                .is_none_or(|bound| event.account_id.is_some_and(|account| bound.contains(&account)));
        is_wanted.then(|| {
            self.is_alive_in(self.alive_every);
            Fed::Event(event)
        })
    }

    async fn read_missed(&mut self) -> Option<()> {
        match self.page().await {
            Ok((_, reset @ Fed::Reset { .. })) => {
                self.filter.after_sequence = reset.sequence();
                self.is_live = true;
                self.first = Some(reset);
            }
            Ok((page, _)) => {
                self.is_live = !page.has_more;
                self.missed = page.data.into();
            }
            Err(error) => {
                tracing::warn!(%error, workspace_id = %self.topic.0, "a listener's missed events could not be read");
                return None;
            }
        }
        self.has_kept_up = false;
        Some(())
    }

    /// The next of what was missed, and whether it follows on what came before: retention may have been
    /// quicker. On a task of its own: a listener may hang up at any time, and a statement that is cut off
    /// spoils its connection.
    async fn page(&self) -> Result<(PageOf<StoredEvent>, Fed)> {
        let (engine, topic, filter) = (self.engine.clone(), self.topic, self.filter.clone());
        let read = self.engine.tasks.spawn(async move {
            let page = if filter.bound_to.as_ref().is_some_and(Vec::is_empty) {
                PageOf { data: Vec::new(), has_more: false }
            } else {
                events::list(&engine.database, topic.0, topic.1, &filter, PAGE).await?
            };
            let (first, _) = engine.beginning(topic, Some(filter.after_sequence)).await?;
            Ok((page, first))
        });
        read.await.unwrap_or_else(|fault| Err(Error::internal(fault)))
    }
}
