//! An engine for the tests of this crate: SQLite in a temporary directory, a clock that stands
//! still until it is moved, and a sandbox that nobody starts. Its background work does not run.

use crate::{
    Engine, EngineConfig, EngineParts,
    entropy::OsEntropy,
    media::MediaStorage,
    operator::{NewWorkspace, OperatorCall},
    outbound::{OutboundClient, OutboundSettings, SystemLookup},
    sealing::{Keyring, MasterKey},
};
use async_trait::async_trait;
use secrecy::ExposeSecret as _;
use std::{
    sync::{
        Arc, Once,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use wagate_model::{
    Actor, Caller, Clock, MessageId, Mode, ProviderKind, Reason, RequestId, Scopes, Tier, Timestamp,
    provider::{Capabilities, EventSink, Provider, SendFailure, Session, StartAccount},
    tier::{LimitOverrides, Tiers},
    workspace::Workspace,
};
use wagate_store::{Database, DatabaseOptions, migrations};

/// A clock that stands still until it is moved.
pub(crate) struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

/// An engine and what tests move around it.
pub(crate) struct TestEngine {
    pub(crate) engine: Engine,
    pub(crate) hand: Arc<Hand>,
    database: Database,
    media: MediaStorage,
    _directory: tempfile::TempDir,
}

impl TestEngine {
    pub(crate) async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", directory.path().join("wagate.db").display());
        let database = Database::connect(&DatabaseOptions { url, connections: 4 }).await.unwrap();
        migrations::migrate(&database).await.unwrap();
        let hand = Arc::new(Hand(AtomicI64::new(1_763_812_800_000)));
        let media = MediaStorage::in_memory();
        let engine = engine(database.clone(), hand.clone(), new_keyring("test", &[]).1, media.clone());
        Self { engine, hand, database, media, _directory: directory }
    }

    /// Another node on the same database and clock.
    pub(crate) fn other_node(&self) -> Engine {
        engine(self.database.clone(), self.hand.clone(), new_keyring("test", &[]).1, self.media.clone())
    }

    /// Another node on the same database and clock, with these master keys.
    pub(crate) fn with_keyring(&self, keyring: Keyring) -> Engine {
        engine(self.database.clone(), self.hand.clone(), keyring, self.media.clone())
    }

    /// Moves the clock on.
    pub(crate) fn pass(&self, time: Duration) {
        self.hand.0.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.hand.now()
    }

    pub(crate) fn request(&self) -> RequestId {
        self.engine.ids.next()
    }

    pub(crate) fn operator(&self) -> OperatorCall {
        OperatorCall { request_id: self.request() }
    }

    /// A workspace of the starter tier.
    pub(crate) async fn workspace(&self) -> Workspace {
        let new = NewWorkspace { name: "Acme".to_owned(), tier: Tier::Starter, overrides: LimitOverrides::default() };
        self.engine.operator_create_workspace(&self.operator(), new).await.unwrap()
    }

    /// Somebody who may do everything in one mode of a workspace.
    pub(crate) fn owner(&self, workspace: &Workspace, mode: Mode) -> Caller {
        Caller {
            workspace_id: workspace.id,
            mode,
            actor: Actor::User(self.engine.ids.next()),
            scopes: Scopes::all(),
            accounts: None,
            is_suspended: false,
            limits: workspace.limits,
            request_id: self.request(),
        }
    }
}

/// A new master key as configuration text, and the keyring with it as the current one.
pub(crate) fn new_keyring(id: &str, old: &[&str]) -> (String, Keyring) {
    let text = MasterKey::generate(id, &OsEntropy).unwrap().to_config_text().expose_secret().to_owned();
    let old = old.iter().map(|text| text.parse().unwrap()).collect();
    let keyring = Keyring::new(text.parse().unwrap(), old).unwrap();
    (text, keyring)
}

fn engine(database: Database, clock: Arc<Hand>, keyring: Keyring, media: MediaStorage) -> Engine {
    static CRYPTO: Once = Once::new();
    // Another test of the process may have been first.
    CRYPTO.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    let outbound = OutboundClient::new(OutboundSettings::default(), Arc::new(SystemLookup), clock.clone()).unwrap();
    Engine::new(EngineParts {
        database,
        providers: vec![Arc::new(Nowhere)],
        clock,
        entropy: Arc::new(OsEntropy),
        keyring,
        outbound,
        media,
        config: EngineConfig {
            node: "test".to_owned(),
            lease: Duration::from_mins(1),
            send_timeout: Duration::from_secs(20),
            clock_skew: Duration::from_secs(2),
            webhook_timeout: Duration::from_secs(15),
            webhook_concurrency: 4,
            feeds_per_workspace: 3,
            media_limit: u64::MAX,
            is_sole_node: true,
            tiers: Tiers::default(),
        },
    })
}

/// A sandbox that starts nothing.
struct Nowhere;

const CAPABILITIES: Capabilities =
    Capabilities { content: &[], has_chosen_ids: true, sends_in_flight: 1, has_qr: true };

#[async_trait]
impl Provider for Nowhere {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Sandbox
    }

    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    async fn start(&self, _account: StartAccount, _sink: Arc<dyn EventSink>) -> Result<Arc<dyn Session>, SendFailure> {
        Err(SendFailure::new(Reason::ProviderUnavailable, "there is no network here"))
    }

    fn new_message_id(&self, message: MessageId) -> String {
        message.to_string()
    }
}
