//! How a process's settings become a gateway: database, providers, engine.

use crate::{
    data_lock::{DataLock, make_directory},
    node_identity,
    settings::{MasterKeys, MediaStore, NodeName, Settings},
    system_clock::SystemClock,
};
use anyhow::Context as _;
use rand::RngExt as _;
use secrecy::ExposeSecret as _;
use std::{fs::OpenOptions, os::unix::fs::OpenOptionsExt as _, sync::Arc, time::Duration};
use wagate_engine::{
    Engine, EngineConfig, EngineParts,
    entropy::OsEntropy,
    media::{MediaPlace, MediaStorage, S3Settings},
    outbound::{AddressGuard, OutboundClient, OutboundSettings, SystemLookup, UrlPolicy},
    sealing::{Keyring, MasterKey},
};
use wagate_model::{Clock, NodeId, provider::Provider};
use wagate_sandbox::{Sandbox, SandboxConfig};
use wagate_store::{Database, DatabaseOptions, migrations};

/// A gateway that is put together but does not run yet.
pub struct Gateway {
    /// The engine.
    pub engine: Engine,
    sandbox: Arc<Sandbox>,
    _locks: Vec<DataLock>,
}

impl Gateway {
    /// Puts a gateway together that shall serve: it holds the data directory's lock for as long as
    /// it lives.
    pub async fn open(
        settings: &Settings,
        keys: &MasterKeys,
        locks: Vec<DataLock>,
        node: NodeId,
    ) -> anyhow::Result<Self> {
        let database = connect(settings).await?;
        ready(settings, &database).await?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        make_directory(settings.sandbox_journal.parent().unwrap_or(&settings.data))?;
        let sandbox = Sandbox::new(SandboxConfig {
            journal_path: settings.sandbox_journal.clone(),
            clock: clock.clone(),
            random: Arc::new(|| rand::rng().random()),
        });
        let sandbox =
            Arc::new(sandbox.with_context(|| {
                format!("cannot open the sandbox's journal {}", settings.sandbox_journal.display())
            })?);
        let providers: Vec<Arc<dyn Provider>> = vec![sandbox.clone()];
        let engine = engine(settings, keys, database, clock, providers, node.to_string())?;
        Ok(Self { engine, sandbox, _locks: locks })
    }

    /// Ends everything that runs; what has not ended at the deadline is found again by a restart.
    pub async fn stop(self, deadline: Duration) {
        self.engine.stop(deadline).await;
        self.sandbox.shut_down().await;
    }
}

/// Takes the locks of what this process keeps on disk.
pub fn take_locks(settings: &Settings) -> anyhow::Result<Vec<DataLock>> {
    make_directory(&settings.data).with_context(|| format!("cannot make {}", settings.data.display()))?;
    Ok(settings.lock_files().iter().map(|path| DataLock::take(path)).collect::<Result<_, _>>()?)
}

/// Takes the locks of what this process keeps on disk, and finds out the node's id.
pub fn take_node(settings: &Settings) -> anyhow::Result<(Vec<DataLock>, NodeId)> {
    let locks = take_locks(settings)?;
    let new_id = || {
        NodeId::from(wagate_model::id::Ulid::from_parts(
            u64::try_from(SystemClock.now().0).unwrap_or(0),
            rand::rng().random(),
        ))
    };
    let node = match &settings.node_id {
        NodeName::Auto => node_identity::load_or_make(&settings.data, new_id)?,
        NodeName::Id(id) => *id,
    };
    Ok((locks, node))
}

/// An engine for a command that ends by itself: it works on the database and runs nothing.
pub async fn engine_for_command(settings: &Settings) -> anyhow::Result<Engine> {
    let database = connect(settings).await?;
    ready(settings, &database).await?;
    engine(settings, &settings.master_keys, database, Arc::new(SystemClock), Vec::new(), "command".to_owned())
}

/// Opens the database.
pub async fn connect(settings: &Settings) -> anyhow::Result<Database> {
    if let Some(file) = settings.database_url.sqlite_file() {
        make_directory(file.parent().unwrap_or(&settings.data))?;
        // SQLite gives its other files the permissions of this one.
        OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&file)
            .with_context(|| format!("cannot open {}", file.display()))?;
    }
    wagate_store::sql::warn_of_queries_slower_than(Duration::from_millis(settings.slow_query_ms.into()));
    let options =
        DatabaseOptions { url: settings.database_url.expose().to_owned(), connections: settings.database_connections };
    Database::connect(&options).await.context("cannot open the database (`database-url`)")
}

/// SQLite's file belongs to this process and is migrated at once; a MySQL database may serve other
/// nodes, so whoever runs them says when.
async fn ready(settings: &Settings, database: &Database) -> anyhow::Result<()> {
    if settings.database_url.sqlite_file().is_some() {
        migrations::migrate(database).await.context("cannot migrate the database")?;
        return Ok(());
    }
    if migrations::is_current(database).await.unwrap_or(false) {
        return Ok(());
    }
    anyhow::bail!("the database does not have this version's schema: run `wagate migrate` first")
}

fn engine(
    settings: &Settings,
    keys: &MasterKeys,
    database: Database,
    clock: Arc<dyn Clock>,
    providers: Vec<Arc<dyn Provider>>,
    node: String,
) -> anyhow::Result<Engine> {
    let seconds = |count: u32| Duration::from_secs(count.into());
    let policy = UrlPolicy {
        guard: AddressGuard::allowing(settings.webhook_allow_private.0.iter().copied()),
        allow_http: settings.webhook_allow_http,
    };
    let outbound = OutboundSettings {
        policy,
        total_timeout: seconds(settings.webhook_timeout_seconds),
        idle_per_host: settings.webhook_concurrency as usize,
        ..OutboundSettings::default()
    };
    Ok(Engine::new(EngineParts {
        outbound: OutboundClient::new(outbound, Arc::new(SystemLookup), clock.clone())?,
        keyring: keyring(keys)?,
        media: MediaStorage::open(media_place(settings)).context("cannot open the storage of files (`media-store`)")?,
        config: EngineConfig {
            node,
            lease: seconds(settings.lease_seconds),
            send_timeout: seconds(settings.send_timeout_seconds),
            clock_skew: seconds(settings.clock_skew_seconds),
            webhook_timeout: seconds(settings.webhook_timeout_seconds),
            webhook_concurrency: settings.webhook_concurrency as usize,
            feeds_per_workspace: settings.streams_per_workspace as usize,
            media_limit: settings.media_limit.into(),
            is_sole_node: settings.database_url.sqlite_file().is_some(),
            tiers: settings.tiers(),
        },
        database,
        providers,
        clock,
        entropy: Arc::new(OsEntropy),
    }))
}

fn media_place(settings: &Settings) -> MediaPlace {
    match &settings.media_store {
        MediaStore::Directory(directory) => MediaPlace::Directory(directory.clone()),
        MediaStore::Bucket(bucket) => MediaPlace::S3(S3Settings {
            bucket: bucket.clone(),
            region: settings.media_s3_region.clone(),
            endpoint: settings.media_s3_endpoint.0.as_ref().map(|endpoint| endpoint.0.clone()),
            credentials: settings.media_s3_credentials.0.as_ref().map(|key| (key.id.clone(), key.secret.clone())),
        }),
    }
}

/// The configured keys; a command that seals nothing gets one that is forgotten with it.
fn keyring(keys: &MasterKeys) -> anyhow::Result<Keyring> {
    let mut parsed =
        keys.0.iter().map(|key| key.text.expose_secret().parse::<MasterKey>()).collect::<Result<Vec<_>, _>>()?;
    if parsed.is_empty() {
        parsed.push(MasterKey::generate("none", &OsEntropy)?);
    }
    let current = parsed.remove(0);
    Ok(Keyring::new(current, parsed)?)
}
