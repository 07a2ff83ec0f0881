//! The gateway under test: the real router on a real listener, a temporary database, a clock that
//! stands still, the sandbox.

use crate::{
    client::{Door, Request, install_crypto},
    clock::TestClock,
    database::{Backend, TestDatabase},
    invariants,
    workspace::TestWorkspace,
};
use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::{net::TcpListener, task::JoinSet};
use wagate_engine::{
    Engine, EngineConfig, EngineParts,
    entropy::{Entropy as _, OsEntropy},
    media::{MediaPlace, MediaStorage},
    outbound::{AddressGuard, OutboundClient, OutboundSettings, SystemLookup, UrlPolicy},
    retention::Deleted,
    sealing::Keyring,
};
use wagate_http::HttpParts;
use wagate_model::{Clock as _, Timestamp, provider::Provider, tier::Tiers};
use wagate_sandbox::{Arrival, Sandbox, SandboxConfig, journal};
use wagate_store::Database;

/// The operator's token of every gateway under test.
pub const OPERATOR_TOKEN: &str = "the-operator-token-of-the-stories";
/// The largest body of a request.
pub const BODY_LIMIT: usize = 1024 * 1024;
/// How many live feeds a workspace may have open.
pub const MOST_FEEDS: usize = 1_000;
/// What seals secrets; the same after a restart.
const MASTER_KEY: &str = "stories:BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
/// Generous: what has not ended by then was stuck.
const STOP_WITHIN: Duration = Duration::from_secs(20);

/// What a story may want otherwise.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long a send may take before its outcome counts as unknown.
    pub send_timeout: Duration,
    /// How long a POST of a webhook may take.
    pub webhook_timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { send_timeout: Duration::from_secs(10), webhook_timeout: Duration::from_secs(10) }
    }
}

/// A gateway under test.
#[derive(Debug)]
pub struct TestApp {
    /// Its clock, which stands still.
    pub clock: Arc<TestClock>,
    pub(crate) database: Arc<TestDatabase>,
    pub(crate) door: Door,
    settings: Settings,
    number: u32,
    running: Option<Running>,
    leaves_work: AtomicBool,
    forgets: AtomicBool,
}

struct Running {
    engine: Engine,
    sandbox: Arc<Sandbox>,
    database: Database,
    server: JoinSet<()>,
    address: SocketAddr,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").field("address", &self.address).finish_non_exhaustive()
    }
}

impl TestApp {
    /// A gateway on a database of its own; `None` if there is no such database here.
    pub async fn on(backend: Backend) -> Option<Self> {
        let database = Arc::new(TestDatabase::make(backend).await?);
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut app = Self {
            clock: Arc::default(),
            database,
            door: Door::to(nowhere),
            settings: Settings::default(),
            number: 1,
            running: None,
            leaves_work: AtomicBool::new(false),
            forgets: AtomicBool::new(false),
        };
        app.start().await;
        Some(app)
    }

    /// Another gateway on the same database, with a sandbox of its own. MySQL only.
    pub async fn twin(&self) -> Self {
        static TWINS: AtomicU32 = AtomicU32::new(2);
        assert!(self.database.is_shareable(), "a SQLite file has one gateway");
        let mut twin = Self {
            clock: self.clock.clone(),
            database: self.database.clone(),
            door: Door::to(SocketAddr::from(([127, 0, 0, 1], 0))),
            settings: self.settings.clone(),
            number: TWINS.fetch_add(1, Ordering::Relaxed),
            running: None,
            leaves_work: AtomicBool::new(false),
            forgets: AtomicBool::new(false),
        };
        twin.start().await;
        twin
    }

    /// Starts anew with other settings.
    pub async fn with(&mut self, settings: Settings) {
        self.settings = settings;
        self.restart().await;
    }

    /// Stops the gateway and starts it on the same database and journal.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.start().await;
    }

    /// Says that the story ends with something still under way.
    pub fn leaves_work_behind(&self) {
        self.leaves_work.store(true, Ordering::Relaxed);
    }

    /// Waits until nothing is under way, stops, and checks what must hold after every story.
    pub async fn finish(&mut self) {
        if let Some(running) = self.running.as_ref().filter(|_| !self.leaves_work.load(Ordering::Relaxed)) {
            invariants::nothing_is_under_way(&running.database, self.clock.now()).await;
        }
        self.stop().await;
        let database = self.database.connect().await;
        let forgets = self.forgets.load(Ordering::Relaxed);
        invariants::hold(&database, &self.arrivals(), forgets).await;
        database.close().await;
    }

    /// A new workspace of the largest tier that may ask as often as it likes, and a key that may do
    /// everything in mode test.
    pub async fn workspace(&self, name: &str) -> TestWorkspace {
        let often = json!({"requests_per_minute": 1_000_000});
        self.workspace_as(json!({"name": name, "tier": "enterprise", "overrides": often})).await
    }

    /// A new workspace of a tier.
    pub async fn workspace_of_tier(&self, name: &str, tier: &str) -> TestWorkspace {
        self.workspace_as(json!({"name": name, "tier": tier})).await
    }

    /// A new workspace as the operator describes it.
    pub async fn workspace_as(&self, description: Value) -> TestWorkspace {
        let workspace = self.operator(Method::POST, "/operator/v1/workspaces").json(&description);
        let id = workspace.send().await.ok()["id"].as_str().unwrap().to_owned();
        let key = self.key_of(&id, "test").await;
        TestWorkspace::new(self.door.clone(), id, key)
    }

    /// A key that may do everything in one mode of a workspace.
    pub async fn key_of(&self, workspace: &str, mode: &str) -> String {
        let path = format!("/operator/v1/workspaces/{workspace}/api-keys");
        let key = self.operator(Method::POST, &path).json(&json!({"name": "everything", "mode": mode}));
        key.send().await.ok()["secret"].as_str().unwrap().to_owned()
    }

    /// The same workspace as this gateway serves it.
    pub fn seen_by(&self, workspace: &TestWorkspace) -> TestWorkspace {
        TestWorkspace::new(self.door.clone(), workspace.id.clone(), workspace.key.clone())
    }

    /// A request with the operator's token.
    pub fn operator(&self, method: Method, path: &str) -> Request {
        self.anybody(method, path).header("authorization", format!("Bearer {OPERATOR_TOKEN}"))
    }

    /// A request without a credential.
    pub fn anybody(&self, method: Method, path: &str) -> Request {
        self.door.request(method, path)
    }

    /// Moves the clock on.
    pub fn passes(&self, time: Duration) {
        self.clock.advance(time);
    }

    /// Says that messages are deleted in the story; the statistics remember them.
    pub fn forgets_messages(&self) {
        self.forgets.store(true, Ordering::Relaxed);
    }

    /// Does what the retention job does every ten minutes.
    pub async fn apply_retention(&self) -> Deleted {
        self.forgets_messages();
        self.running().engine.apply_retention().await.unwrap()
    }

    /// The present time of the story.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What reached the simulated network, repeats too.
    pub fn arrivals(&self) -> Vec<Arrival> {
        journal::read(self.journal_path()).unwrap()
    }

    /// Every text and blob that stands in the story's directory: the SQLite database among them.
    pub fn files(&self) -> Vec<u8> {
        let entries = std::fs::read_dir(self.database.directory.path()).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
        paths.flat_map(|path| std::fs::read(path).unwrap()).collect()
    }

    /// The bytes of an SQLite database's files.
    pub fn database_files(&self) -> Vec<u8> {
        let files = ["wagate.db", "wagate.db-wal"].map(|name| self.database.directory.path().join(name));
        files.iter().filter_map(|file| std::fs::read(file).ok()).flatten().collect()
    }

    /// A connection to the database, to look at what is stored.
    pub fn database(&self) -> &Database {
        &self.running().database
    }

    fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    /// Takes away files that nobody knows of; answers how many.
    pub async fn sweep_media(&self) -> u64 {
        self.running().engine.sweep_media().await.unwrap()
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &str) -> i64 {
        let counts = wagate_store::tables::count_rows_any_workspace(self.database()).await.unwrap();
        i64::try_from(counts[table]).unwrap()
    }

    /// Where the gateway's files lie.
    pub fn media_path(&self) -> PathBuf {
        self.database.directory.path().join("media")
    }

    fn journal_path(&self) -> PathBuf {
        self.database.directory.path().join(format!("journal-{}.jsonl", self.number))
    }

    async fn start(&mut self) {
        install_crypto();
        let database = self.database.connect().await;
        let sandbox = Sandbox::new(SandboxConfig {
            journal_path: self.journal_path(),
            clock: self.clock.clone(),
            random: Arc::new(random),
        });
        let sandbox = Arc::new(sandbox.unwrap());
        let engine = Engine::new(self.parts(database.clone(), sandbox.clone()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = wagate_http::router(HttpParts {
            engine: engine.clone(),
            operator_token: Some(SecretString::from(OPERATOR_TOKEN)),
            trusted_proxies: Vec::new(),
            body_limit: BODY_LIMIT,
        });
        engine.run();
        let mut server = JoinSet::new();
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        server.spawn(async move { axum::serve(listener, service).await.unwrap() });
        self.door.moves_to(address);
        self.running = Some(Running { engine, sandbox, database, server, address });
    }

    fn parts(&self, database: Database, sandbox: Arc<Sandbox>) -> EngineParts {
        let Settings { send_timeout, webhook_timeout } = self.settings;
        let guard = AddressGuard::allowing(["127.0.0.0/8".parse().unwrap()]);
        let policy = UrlPolicy { guard, allow_http: true };
        let outbound = OutboundSettings { policy, total_timeout: webhook_timeout, ..OutboundSettings::default() };
        let providers: Vec<Arc<dyn Provider>> = vec![sandbox];
        EngineParts {
            database,
            providers,
            clock: self.clock.clone(),
            entropy: Arc::new(OsEntropy),
            keyring: Keyring::new(MASTER_KEY.parse().unwrap(), Vec::new()).unwrap(),
            media: MediaStorage::open(MediaPlace::Directory(self.media_path())).unwrap(),
            outbound: OutboundClient::new(outbound, Arc::new(SystemLookup), self.clock.clone()).unwrap(),
            config: EngineConfig {
                node: format!("test-{}", self.number),
                // Longer than anything that is done under it.
                lease: send_timeout.max(webhook_timeout) * 2 + Duration::from_secs(30),
                send_timeout,
                clock_skew: Duration::from_secs(1),
                webhook_timeout,
                webhook_concurrency: 8,
                feeds_per_workspace: MOST_FEEDS,
                media_limit: u64::MAX,
                is_sole_node: !self.database.is_shareable(),
                tiers: Tiers::default(),
            },
        }
    }

    /// Stops the gateway; requests under way break off.
    pub async fn stop(&mut self) {
        let Some(mut running) = self.running.take() else { return };
        running.server.shutdown().await;
        running.engine.stop(STOP_WITHIN).await;
        running.sandbox.shut_down().await;
        drop(running.engine);
        running.database.close().await;
    }
}

fn random() -> u128 {
    let mut bits = [0; 16];
    OsEntropy.fill(&mut bits);
    u128::from_le_bytes(bits)
}
