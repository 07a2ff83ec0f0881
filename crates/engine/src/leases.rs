//! This node's leases: taken, renewed, and given up in time.
//!
//! What is held in memory is only ever a reason to stop: the database checks owner and epoch in
//! the transactions that matter.

use crate::{Engine, EngineConfig};
use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;
use wagate_model::{AccountId, AccountStatus, EndpointId, WorkspaceId};
use wagate_store::{
    Database, Result, in_transaction,
    leases::{self, Claimant, Leased},
    nodes::{self, Node},
};

/// The leases that this node holds, as far as it knows.
pub(crate) struct Leases {
    claimant: Claimant,
    /// How long before a lease's end this node stops acting.
    margin: Duration,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    accounts: HashMap<AccountId, i64>,
    endpoints: HashMap<EndpointId, i64>,
    /// Until when this node may begin to act, by its own steady clock.
    act_until: Option<Instant>,
}

impl Leases {
    pub(crate) fn new(config: &EngineConfig) -> Self {
        let claimant = Claimant {
            owner: config.node.clone(),
            lease: config.lease,
            skew: config.clock_skew,
            is_alone: config.is_sole_node,
        };
        let margin = config.send_timeout.max(config.webhook_timeout) + config.clock_skew;
        Self { claimant, margin, held: Mutex::default() }
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often leases are renewed: often enough that one failed renewal does no harm.
    pub(crate) fn renew_every(&self) -> Duration {
        (self.claimant.lease.saturating_sub(self.margin) / 3).max(Duration::from_millis(200))
    }

    /// Whether this node may begin something that takes up to the longest timeout.
    pub(crate) fn may_act(&self) -> bool {
        self.held().act_until.is_some_and(|until| Instant::now() < until)
    }

    /// Takes the leases of these accounts, as far as they are free; answers those that it got,
    /// with their epochs.
    pub(crate) async fn take_accounts(
        &self,
        database: &Database,
        accounts: &[(AccountId, WorkspaceId)],
    ) -> Result<Vec<(AccountId, i64)>> {
        let subjects: Vec<_> = accounts.iter().map(|(id, workspace_id)| (id.to_string(), *workspace_id)).collect();
        let asked = Instant::now();
        let taken = leases::acquire(database, Leased::Account, &self.claimant, &subjects).await?;
        let taken: Vec<_> = taken.into_iter().filter_map(|(id, epoch)| Some((id.parse().ok()?, epoch))).collect();
        let mut held = self.held();
        held.accounts.extend(taken.iter().copied());
        self.begin(&mut held, asked);
        Ok(taken)
    }

    /// Whether this node may deliver to an endpoint now; takes its lease if that is free.
    pub(crate) async fn hold_endpoint(
        &self,
        database: &Database,
        id: EndpointId,
        workspace_id: WorkspaceId,
    ) -> Result<bool> {
        if self.held().endpoints.contains_key(&id) {
            return Ok(self.may_act());
        }
        let asked = Instant::now();
        let taken =
            leases::acquire(database, Leased::Endpoint, &self.claimant, &[(id.to_string(), workspace_id)]).await?;
        let mut held = self.held();
        let Some((_, epoch)) = taken.first() else { return Ok(false) };
        held.endpoints.insert(id, *epoch);
        self.begin(&mut held, asked);
        Ok(true)
    }

    /// The first lease says until when to act; after that only renewals do, which cover all.
    fn begin(&self, held: &mut Held, asked: Instant) {
        held.act_until.get_or_insert(asked + self.claimant.lease.saturating_sub(self.margin));
    }

    /// Prolongs what is held. Answers the accounts whose lease was lost.
    pub(crate) async fn renew(&self, database: &Database) -> Result<Vec<AccountId>> {
        let asked = Instant::now();
        let (known_accounts, known_endpoints) = {
            let held = self.held();
            (held.accounts.len() as u64, held.endpoints.len() as u64)
        };
        let accounts = leases::renew(database, Leased::Account, &self.claimant).await?;
        let endpoints = leases::renew(database, Leased::Endpoint, &self.claimant).await?;
        let is_any_lost = accounts < known_accounts || endpoints < known_endpoints;
        let lost = if is_any_lost { self.compare(database).await? } else { Vec::new() };
        let mut held = self.held();
        held.act_until = (!held.accounts.is_empty() || !held.endpoints.is_empty())
            .then(|| asked + self.claimant.lease.saturating_sub(self.margin));
        Ok(lost)
    }

    /// Forgets what the database no longer knows as ours.
    async fn compare(&self, database: &Database) -> Result<Vec<AccountId>> {
        // From before the database is asked: what is taken meanwhile is missing there and not lost.
        let (known_accounts, known_endpoints) = {
            let held = self.held();
            (held.accounts.clone(), held.endpoints.clone())
        };
        let owner = &self.claimant.owner;
        let accounts = leases::held(database, Leased::Account, owner).await?.into_iter().collect();
        let endpoints = leases::held(database, Leased::Endpoint, owner).await?.into_iter().collect();
        let mut held = self.held();
        let lost_endpoints = missing(&known_endpoints, &endpoints);
        held.endpoints.retain(|id, epoch| lost_endpoints.get(id) != Some(epoch));
        let lost = missing(&known_accounts, &accounts);
        let is_lost = |id: &AccountId, epoch: &i64| lost.get(id) == Some(epoch);
        let gone = held.accounts.iter().filter(|(id, epoch)| is_lost(id, epoch)).map(|(id, _)| *id).collect();
        held.accounts.retain(|id, epoch| !is_lost(id, epoch));
        Ok(gone)
    }

    /// Gives up one account's lease.
    pub(crate) async fn release_account(&self, database: &Database, id: AccountId) -> Result<()> {
        self.held().accounts.remove(&id);
        leases::release(database, Leased::Account, &self.claimant.owner, Some(&[id.to_string()])).await
    }

    /// Gives up everything, at the end; the node is no more.
    pub(crate) async fn release_all(&self, database: &Database) -> Result<()> {
        *self.held() = Held::default();
        leases::release(database, Leased::Account, &self.claimant.owner, None).await?;
        leases::release(database, Leased::Endpoint, &self.claimant.owner, None).await?;
        in_transaction!(database, |tx| nodes::delete(tx, &self.claimant.owner).await)
    }
}

/// Those that are known and not present with the same epoch.
fn missing<K: Copy + Eq + Hash + ToString>(known: &HashMap<K, i64>, present: &HashMap<String, i64>) -> HashMap<K, i64> {
    known
        .iter()
        .filter(|(id, epoch)| present.get(&id.to_string()) != Some(epoch))
        .map(|(id, epoch)| (*id, *epoch))
        .collect()
}

/// Renews this node's leases, and says that it is alive, until the gateway stops.
pub(crate) async fn keep(engine: Engine) {
    engine.say_alive().await;
    loop {
        tokio::select! {
            () = engine.stop.cancelled() => return,
            () = tokio::time::sleep(engine.leases.renew_every()) => {}
        }
        match engine.leases.renew(&engine.database).await {
            Ok(lost) => engine.drop_lost(lost).await,
            Err(error) => tracing::warn!(error = %error, "leases could not be renewed"),
        }
        engine.say_alive().await;
    }
}

impl Engine {
    /// Whether this node may deliver to an endpoint now; takes its lease if that is free.
    pub(crate) async fn hold_endpoint(&self, id: EndpointId, workspace_id: WorkspaceId) -> bool {
        self.leases.hold_endpoint(&self.database, id, workspace_id).await.unwrap_or_else(|error| {
            tracing::warn!(endpoint_id = %id, error = %error, "the endpoint's lease could not be asked for");
            false
        })
    }

    /// Writes that this node is alive, for whoever looks at the nodes.
    async fn say_alive(&self) {
        let now = self.clock.now();
        let node = Node {
            id: self.config.node.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: self.started_at,
            seen_at: now,
        };
        if let Err(error) = in_transaction!(self.database, |tx| nodes::put(tx, &node).await) {
            tracing::warn!(error = %error, "this node could not say that it is alive");
        }
    }

    /// Stops what another node has taken over. It records nothing: it no longer may.
    async fn drop_lost(&self, lost: Vec<AccountId>) {
        for id in lost {
            tracing::warn!(account_id = %id, "the account's lease was lost");
            if let Some(running) = self.sessions.remove(id) {
                if let Some(session) = running.session.get() {
                    session.stop().await;
                }
                // Its lane must end: it would ask for ever under an epoch that is no longer valid,
                // and keep the lane of a later session from beginning.
                running.set_status(AccountStatus::Disconnected);
            }
            // Perhaps nobody took it, since the database was away for all: then it is ours to take.
            self.bells.accounts.ring([id]);
        }
    }
}
