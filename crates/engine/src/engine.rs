//! The engine's parts and how they are put together.

use crate::{
    EngineConfig,
    committers::Committers,
    doorbell::Doorbell,
    entropy::Entropy,
    feed::FeedHub,
    group_commit::GroupCommit,
    health::Health,
    jobs,
    keys::KeyCache,
    lanes::{LaneTasks, StartBatch},
    leases::Leases,
    limits::limiter::Limiter,
    media::MediaStorage,
    messages::accept::AcceptBatch,
    outbound::OutboundClient,
    recorder::RecordBatch,
    sealing::Keyring,
    sessions::Sessions,
};
use std::{
    ops::Deref,
    sync::{Arc, OnceLock, Weak},
    time::Duration,
};
use tokio::sync::{Notify, broadcast};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use wagate_model::{AccountId, Clock, EndpointId, IdSource, MessageId, ProviderKind, Timestamp, provider::Provider};
use wagate_store::Database;

/// What an engine is made of; all of it can be exchanged by tests.
pub struct EngineParts {
    /// The database, migrated.
    pub database: Database,
    /// The networks that accounts can connect to.
    pub providers: Vec<Arc<dyn Provider>>,
    /// The present time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// The keys that seal secrets.
    pub keyring: Keyring,
    /// The only way to customers' URLs.
    pub outbound: OutboundClient,
    /// Where files lie.
    pub media: MediaStorage,
    /// The settings.
    pub config: EngineConfig,
}

/// The engine. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    parts: Arc<Shared>,
}

/// What all of the engine's parts share.
pub struct Shared {
    pub(crate) database: Database,
    pub(crate) providers: Vec<Arc<dyn Provider>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) ids: Arc<IdSource>,
    pub(crate) keyring: Keyring,
    pub(crate) outbound: OutboundClient,
    pub(crate) media: MediaStorage,
    pub(crate) config: EngineConfig,
    pub(crate) keys: KeyCache,
    pub(crate) limiter: Limiter,
    pub(crate) accepts: GroupCommit<AcceptBatch>,
    pub(crate) starts: GroupCommit<StartBatch>,
    pub(crate) records: GroupCommit<RecordBatch>,
    pub(crate) bells: Arc<Bells>,
    pub(crate) feed: Arc<FeedHub>,
    pub(crate) sessions: Sessions,
    pub(crate) lane_tasks: LaneTasks,
    pub(crate) leases: Leases,
    pub(crate) health: Health,
    pub(crate) started_at: Timestamp,
    /// Told when nothing new shall begin.
    pub(crate) stop: CancellationToken,
    /// All background work.
    pub(crate) tasks: TaskTracker,
    /// The workers of shared commits, which end after everything else.
    committers: Committers,
}

/// The doorbells of the background work.
pub(crate) struct Bells {
    /// Accounts that may have something to send.
    pub(crate) lanes: Doorbell<AccountId>,
    /// Accounts of which something else is wanted than before.
    pub(crate) accounts: Doorbell<AccountId>,
    /// Endpoints that may have something due.
    pub(crate) courier: Doorbell<EndpointId>,
    /// Somebody asked for an erasure.
    pub(crate) erasures: Notify,
    /// Rung whenever messages changed, for those who wait for one.
    pub(crate) messages: broadcast::Sender<MessageId>,
}

/// How long giving up the leases may take at the end.
const FAREWELL: Duration = Duration::from_secs(1);
/// How many changes those who wait for a message may lag behind before they look by themselves.
const MESSAGE_BELLS: usize = 1024;

/// How long the last shared commits may take when the engine stops.
const LAST_COMMITS: Duration = Duration::from_secs(3);

impl Bells {
    fn new() -> Self {
        Self {
            lanes: Doorbell::new(),
            accounts: Doorbell::new(),
            courier: Doorbell::new(),
            erasures: Notify::new(),
            messages: broadcast::channel(MESSAGE_BELLS).0,
        }
    }

    /// Tells those who wait for messages which ones changed.
    pub(crate) fn tell_of_messages(&self, ids: impl IntoIterator<Item = MessageId>) {
        if self.messages.receiver_count() > 0 {
            // Nobody listening any more is fine.
            ids.into_iter().for_each(|id| drop(self.messages.send(id)));
        }
    }
}

impl Deref for Engine {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.parts
    }
}

impl Shared {
    /// The provider of a kind, if this gateway has it.
    pub(crate) fn provider(&self, kind: ProviderKind) -> Option<&Arc<dyn Provider>> {
        self.providers.iter().find(|provider| provider.kind() == kind)
    }

    /// Whether the network of a provider takes message ids of our choice.
    pub(crate) fn chooses_ids(&self, kind: ProviderKind) -> bool {
        self.provider(kind).is_some_and(|provider| provider.capabilities().has_chosen_ids)
    }
}

impl Engine {
    /// Puts the engine together. It commits what it is asked to, but runs no account, lane or job
    /// before [`Engine::run`].
    pub fn new(parts: EngineParts) -> Self {
        let bells = Arc::new(Bells::new());
        let committers = Committers::new();
        let stop = CancellationToken::new();
        let start_batch = Arc::new(StartBatch { shared: OnceLock::new(), bells: bells.clone() });
        let record_batch = Arc::new(RecordBatch { shared: OnceLock::new(), bells: bells.clone() });
        let entropy = parts.entropy.clone();
        let ids = IdSource::new(parts.clock.clone(), move || {
            let mut bits = [0; 16];
            entropy.fill(&mut bits);
            u128::from_le_bytes(bits)
        });
        let engine = Self {
            parts: Arc::new(Shared {
                accepts: committers.commit(Arc::new(AcceptBatch { database: parts.database.clone() })),
                starts: committers.commit(start_batch.clone()),
                records: committers.commit(record_batch.clone()),
                leases: Leases::new(&parts.config),
                health: Health::default(),
                started_at: parts.clock.now(),
                database: parts.database,
                providers: parts.providers,
                clock: parts.clock,
                entropy: parts.entropy,
                ids: Arc::new(ids),
                keyring: parts.keyring,
                outbound: parts.outbound,
                media: parts.media,
                config: parts.config,
                keys: KeyCache::default(),
                limiter: Limiter::default(),
                bells,
                feed: Arc::new(FeedHub::new(stop.child_token())),
                sessions: Sessions::default(),
                lane_tasks: LaneTasks::default(),
                stop,
                tasks: TaskTracker::new(),
                committers,
            }),
        };
        drop(start_batch.shared.set(engine.downgrade()));
        drop(record_batch.shared.set(engine.downgrade()));
        engine
    }

    /// Starts the background work: sessions, lanes, the courier, jobs.
    pub fn run(&self) {
        jobs::start(self);
    }

    /// Ends all live feeds: they would never end by themselves, and a server that stops waits for what
    /// it answers.
    pub fn close_feeds(&self) {
        self.feed.end();
    }

    /// Stops: nothing new begins, what is in flight ends, leases are given up. What has not ended
    /// at `deadline` is left; a restart finds it.
    pub async fn stop(&self, deadline: Duration) {
        self.stop.cancel();
        self.tasks.close();
        let graceful = async {
            self.tasks.wait().await;
            for running in self.sessions.all() {
                if let Some(session) = running.session.get() {
                    session.stop().await;
                }
                self.sessions.remove(running.account.id);
            }
            if let Err(error) = self.write_signs_of_life().await {
                tracing::warn!(error = %error, "signs of life could not be written");
            }
        };
        if tokio::time::timeout(deadline, graceful).await.is_err() {
            tracing::warn!("not everything ended in time; a restart goes on with it");
        }
        // With the database away none of this can be done; a stop must not wait for its return.
        let farewell = async {
            if tokio::time::timeout(LAST_COMMITS, self.committers.finish()).await.is_err() {
                tracing::warn!("the database did not answer the last commits");
            }
            self.leases.release_all(&self.database).await
        };
        match tokio::time::timeout(FAREWELL, farewell).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(error = %error, "the leases could not be released; they run out"),
            Err(_late) => tracing::warn!("the leases could not be released in time; they run out"),
        }
    }

    /// A new id, for the surfaces around the engine.
    pub fn new_id<T: From<wagate_model::id::Ulid>>(&self) -> T {
        self.ids.next()
    }

    /// The present time by the engine's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn downgrade(&self) -> Weak<Shared> {
        Arc::downgrade(&self.parts)
    }

    pub(crate) const fn from_shared(parts: Arc<Shared>) -> Self {
        Self { parts }
    }
}
