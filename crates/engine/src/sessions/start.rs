//! Accounts are started, recovered and stopped on this node.

use super::{
    Running,
    sink::{AccountSink, STATE_KEY, STATE_KIND},
};
use crate::{
    Engine, Error, Result,
    recorder::{AccountRef, Outcome, Record, What},
    sealing::SealContext,
};
use secrecy::ExposeSecret;
use serde_json::{Map, Value};
use std::sync::Arc;
use wagate_model::{
    AccountStatus, Reason,
    provider::{SendFailure, StartAccount},
};
use wagate_store::{accounts, messages, provider_state, restored};

impl Engine {
    /// Starts an account whose lease this node holds: first what an earlier holder left in flight
    /// gets its place in the queue again, then the session begins.
    pub(crate) async fn start_session(&self, account: AccountRef) -> Result<()> {
        let Some(provider) = self.provider(account.provider).cloned() else {
            return Err(Error::UnsupportedByProvider(format!(
                "This gateway runs without the provider `{}`.",
                account.provider
            )));
        };
        let row = accounts::find_row(&self.database, account.workspace_id, account.id).await?;
        let running = Arc::new(Running::new(account, row.as_ref().and_then(|row| row.new_chats_held_until)));
        if let Some(row) = &row {
            running.pace.set_created_at(row.account.created_at);
            running.pace.set_rules(self.rules(account.provider, row.account.pacing.as_ref()));
        }
        self.sessions.add(running.clone());
        self.recover_in_flight(&account).await?;
        let (state, is_restored) = self.provider_state(&account).await?;
        let sink = Arc::new(AccountSink { shared: self.downgrade(), running: running.clone() });
        let start = StartAccount { account_id: account.id, workspace_id: account.workspace_id, state, is_restored };
        let session = provider.start(start, sink).await.map_err(Error::Provider)?;
        // Only this function sets it, once for each `Running`.
        drop(running.session.set(session));
        self.bells.lanes.ring([account.id]);
        Ok(())
    }

    /// Stops an account's session and says so, if it runs here.
    pub(crate) async fn stop_session(&self, running: &Running) -> Result<()> {
        self.sessions.remove(running.account.id);
        if let Some(session) = running.session.get() {
            session.stop().await;
        }
        running.set_status(AccountStatus::Disconnected);
        let what = What::Connection {
            status: AccountStatus::Disconnected,
            reason: None,
            phone_number: None,
            at: self.clock.now(),
        };
        self.record(Record { account: running.account, what }).await?;
        Ok(())
    }

    /// Attempts that were started and have no outcome: nobody knows whether the network took
    /// them.
    pub(crate) async fn recover_in_flight(&self, account: &AccountRef) -> Result<()> {
        let unknown = messages::in_flight(&self.database, account.workspace_id, account.id).await?;
        let records = unknown.into_iter().map(|stored| {
            let failure =
                SendFailure::new(Reason::OutcomeUnknown, "The gateway stopped while the attempt was in flight.");
            let what = What::Outcome {
                message_id: stored.message.id,
                attempt: stored.message.attempts,
                outcome: Outcome::Failed(failure),
                at: self.clock.now(),
            };
            self.record(Record { account: *account, what })
        });
        futures_util::future::try_join_all(records).await?;
        Ok(())
    }

    /// What the provider keeps, and whether it was last written before a backup was restored.
    async fn provider_state(&self, account: &AccountRef) -> Result<(Map<String, Value>, bool)> {
        let kept = provider_state::all(&self.database, account.workspace_id, account.id, STATE_KIND).await?;
        let Some(kept) = kept.into_iter().find(|kept| kept.key == STATE_KEY) else {
            return Ok((Map::new(), false));
        };
        let restored_at = restored::last(&self.database).await?;
        let is_restored = restored_at.is_some_and(|restored_at| kept.updated_at <= restored_at);
        let sealed = kept.value;
        let context = SealContext::new(
            account.workspace_id,
            "provider_state",
            format!("{}/{STATE_KIND}/{STATE_KEY}", account.id),
        );
        let plain = self.keyring.open_once(&sealed, &context).map_err(Error::internal)?;
        let state = serde_json::from_slice(plain.expose_secret()).map_err(Error::internal)?;
        Ok((state, is_restored))
    }
}
