//! What a provider tells of one account goes into the recorder.

use super::Running;
use crate::{
    Engine,
    recorder::{Record, What},
};
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::sync::{Arc, Weak};
use wagate_model::provider::{EventSink, NetworkEvent, SinkError};
use wagate_store::{
    StoreError, in_transaction, leases,
    provider_state::{self, StateKey},
};

use crate::{engine::Shared, sealing::SealContext};

/// The kind and key under which a provider's state is kept.
pub(super) const STATE_KIND: &str = "session";
pub(super) const STATE_KEY: &str = "state";

pub(super) struct AccountSink {
    /// Weak: the engine holds the sessions that hold this.
    pub(super) shared: Weak<Shared>,
    pub(super) running: Arc<Running>,
}

#[async_trait]
impl EventSink for AccountSink {
    async fn accept(&self, event: NetworkEvent) -> Result<(), SinkError> {
        let engine = self.engine()?;
        let now = engine.clock.now();
        let what = match event {
            NetworkEvent::Message(inbound) => What::Inbound(Box::new(inbound)),
            NetworkEvent::Receipt { provider_message_id, kind, at } => What::Receipt { provider_message_id, kind, at },
            NetworkEvent::Edited(edit) => What::Edited(Box::new(edit)),
            NetworkEvent::Revoked(revoke) => What::Revoked(revoke),
            NetworkEvent::Connection { status, reason, phone_number } => {
                What::Connection { status, reason, phone_number, at: now }
            }
        };
        let is_inbound = matches!(what, What::Inbound(_));
        match engine.record(Record { account: self.running.account, what }).await {
            Ok(recorded) => {
                if let Some(status) = recorded.account_status {
                    self.running.set_status(status);
                    engine.bells.lanes.ring([self.running.account.id]);
                }
                Ok(())
            }
            // Another node stored it between our look and our commit.
            Err(StoreError::Duplicate(_)) if is_inbound => Ok(()),
            Err(error) => Err(SinkError(error.to_string())),
        }
    }

    async fn save_state(&self, state: Map<String, Value>) -> Result<(), SinkError> {
        let engine = self.engine()?;
        engine.save_provider_state(&self.running, state).await.map_err(|error| SinkError(error.to_string()))
    }

    fn frame_seen(&self) {
        if let Some(shared) = self.shared.upgrade() {
            self.running.frame_seen(shared.clock.now());
        }
    }
}

impl AccountSink {
    fn engine(&self) -> Result<Engine, SinkError> {
        self.shared.upgrade().map(Engine::from_shared).ok_or_else(|| SinkError("the gateway is stopping".to_owned()))
    }
}

impl Engine {
    async fn save_provider_state(&self, running: &Running, state: Map<String, Value>) -> Result<(), StoreError> {
        let account = running.account;
        let context = SealContext::new(
            account.workspace_id,
            "provider_state",
            format!("{}/{STATE_KIND}/{STATE_KEY}", account.id),
        );
        let plain = Value::Object(state).to_string();
        let sealed = self
            .keyring
            .seal_once(plain.as_bytes(), &context, &*self.entropy)
            .map_err(|error| StoreError::Unreadable { column: "value".to_owned(), detail: error.to_string() })?;
        let now = self.clock.now();
        let held = (account.id.to_string(), account.epoch);
        in_transaction!(self.database, |tx| async {
            if leases::check(tx, &self.config.node, std::slice::from_ref(&held)).await?.is_empty() {
                return Err(StoreError::LeaseLost);
            }
            let key = StateKey { account_id: account.id, kind: STATE_KIND, key: STATE_KEY };
            provider_state::put(tx, account.workspace_id, key, sealed.clone(), now).await
        }
        .await)
    }
}
