//! A running engine on a database of its own, with a clock that tests move.

use crate::{
    Engine, EngineConfig, EngineParts,
    entropy::OsEntropy,
    events,
    media::MediaStorage,
    outbound::{AddressGuard, OutboundClient, OutboundSettings, SystemLookup, UrlPolicy, loopback::install_tls},
    sealing::{Keyring, MasterKey},
    webhooks::{CreatedEndpoint, NewEndpoint},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use wagate_model::{
    Actor, Caller, Clock, DeliveryId, EndpointId, Event, Mode, Scopes, Tier, Timestamp, WorkspaceId,
    event::WebhookDisabled,
    tier::{LimitOverrides, Tiers},
    webhook::{Delivery, DeliveryStatus},
    workspace::Workspace,
};
use wagate_store::{Database, DatabaseOptions, Page, in_transaction, migrations, workspaces};

/// A clock that stands until it is moved.
pub(super) struct Hand(AtomicI64);

impl Hand {
    pub(super) fn forward(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::Relaxed);
    }

    pub(super) fn to(&self, at: Timestamp) {
        self.0.store(at.0, Ordering::Relaxed);
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

pub(super) struct Stage {
    pub(super) engine: Engine,
    pub(super) clock: Arc<Hand>,
    pub(super) caller: Caller,
    _directory: tempfile::TempDir,
}

impl Stage {
    pub(super) async fn set() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", directory.path().join("wagate.db").display());
        let database = Database::connect(&DatabaseOptions { url, connections: 4 }).await.unwrap();
        migrations::migrate(&database).await.unwrap();
        let clock = Arc::new(Hand(AtomicI64::new(1_763_812_800_000)));
        let engine = Engine::new(parts(database, clock.clone()));
        engine.run();
        let caller = new_caller(&engine).await;
        Self { engine, clock, caller, _directory: directory }
    }

    /// A caller of another workspace.
    pub(super) async fn stranger(&self) -> Caller {
        new_caller(&self.engine).await
    }

    pub(super) async fn endpoint(&self, url: String) -> CreatedEndpoint {
        let new = NewEndpoint { url, ..NewEndpoint::default() };
        self.engine.create_endpoint(&self.caller, new).await.unwrap()
    }

    /// Records an event that every endpoint hears of.
    pub(super) async fn event(&self) {
        let data = WebhookDisabled {
            endpoint_id: self.engine.ids.next(),
            url: "https://x.example/".to_owned(),
            cause: "gone",
        };
        let event = [Event::WebhookDisabled(data)];
        let to_ring = in_transaction!(self.engine.database, |tx| {
            events::append(tx, &self.engine, self.caller.workspace_id, self.caller.mode, &event).await
        });
        self.engine.bells.courier.ring(to_ring.unwrap());
    }

    /// Waits until a delivery is as wanted. The courier looks into the database each second.
    pub(super) async fn delivery_becomes(&self, id: DeliveryId, is_wanted: impl Fn(&Delivery) -> bool) -> Delivery {
        loop {
            let (delivery, _) = self.engine.delivery(&self.caller, id).await.unwrap();
            if is_wanted(&delivery) {
                return delivery;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits until an endpoint has so many deliveries of a status.
    pub(super) async fn deliveries_become(&self, id: EndpointId, status: DeliveryStatus, count: usize) {
        let filter = super::super::DeliveryFilter { status: Some(status) };
        let page = Page { limit: 100, ..Page::default() };
        while self.engine.list_deliveries(&self.caller, id, filter, &page).await.unwrap().data.len() != count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The actions in the audit log, the oldest first.
    pub(super) async fn audited(&self) -> Vec<String> {
        let page = Page { limit: 100, ..Page::default() };
        let log = self.engine.list_audit(&self.caller, &page).await.unwrap();
        log.data.into_iter().rev().map(|entry| entry.action).collect()
    }
}

fn parts(database: Database, clock: Arc<Hand>) -> EngineParts {
    install_tls();
    let guard = AddressGuard::allowing(["127.0.0.0/8".parse().unwrap()]);
    let settings = OutboundSettings { policy: UrlPolicy { guard, allow_http: true }, ..OutboundSettings::default() };
    EngineParts {
        database,
        providers: Vec::new(),
        clock: clock.clone(),
        entropy: Arc::new(OsEntropy),
        keyring: Keyring::new(MasterKey::generate("one", &OsEntropy).unwrap(), Vec::new()).unwrap(),
        outbound: OutboundClient::new(settings, Arc::new(SystemLookup), clock).unwrap(),
        media: MediaStorage::in_memory(),
        config: EngineConfig {
            node: "node-one".to_owned(),
            lease: Duration::from_mins(1),
            send_timeout: Duration::from_secs(10),
            clock_skew: Duration::from_secs(1),
            webhook_timeout: Duration::from_secs(15),
            webhook_concurrency: 32,
            media_limit: u64::MAX,
            feeds_per_workspace: 1,
            is_sole_node: true,
            tiers: Tiers::default(),
        },
    }
}

async fn new_caller(engine: &Engine) -> Caller {
    let workspace_id: WorkspaceId = engine.ids.next();
    let now = engine.clock.now();
    let workspace = Workspace {
        id: workspace_id,
        name: "Acme".to_owned(),
        tier: Tier::Free,
        overrides: LimitOverrides::default(),
        limits: Tier::Free.limits(),
        is_suspended: false,
        suspended_reason: None,
        created_at: now,
        updated_at: now,
    };
    in_transaction!(engine.database, |tx| workspaces::insert(tx, &workspace).await).unwrap();
    Caller {
        workspace_id,
        mode: Mode::Test,
        actor: Actor::Key(engine.ids.next()),
        scopes: Scopes::all(),
        accounts: None,
        is_suspended: false,
        limits: workspace.limits,
        request_id: engine.ids.next(),
    }
}
