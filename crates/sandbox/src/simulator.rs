//! The controls for playing the network and the people on it.

use crate::{
    Sandbox,
    account::{Account, is_online},
    fingerprint::network_id,
    state::State,
};
use async_trait::async_trait;
use serde_json::json;
use std::sync::Arc;
use wagate_model::{
    AccountId, AccountStatus, ChatAddress,
    content::Edit,
    provider::{
        Inbound, InboundEdit, InboundRevoke, NetworkEvent, Simulator, SimulatorError, SimulatorSettings, SinkError,
        Written,
    },
};

#[async_trait]
impl Simulator for Sandbox {
    async fn inbound(&self, account: AccountId, written: Written) -> Result<String, SimulatorError> {
        let account = self.network.account(account)?;
        check(&account, is_online, "nobody can write to an account that is not connected")?;
        let (at, random) = (self.network.now(), self.network.random().to_string());
        let id = network_id(&["incoming", &account.id.to_string(), &at.to_string(), &random]);
        let Written { from, content, reply_to, mentions, is_forwarded } = written;
        // What a network says of a file is where it is; here, where the caller has it.
        let media = content.media().map(|source| json!(source));
        let message = Inbound {
            provider_message_id: id.clone(),
            chat_id: from.clone(),
            from: from.clone(),
            content,
            media,
            reply_to,
            mentions,
            is_forwarded,
            at,
        };
        account.sink.frame_seen();
        account.sink.accept(NetworkEvent::Message(message)).await.map_err(storage)?;
        self.network.journal.hear(account.id, from, at);
        Ok(id)
    }

    async fn edit(
        &self,
        account: AccountId,
        provider_message_id: String,
        from: ChatAddress,
        edit: Edit,
    ) -> Result<(), SimulatorError> {
        let at = self.network.now();
        self.says(account, NetworkEvent::Edited(InboundEdit { provider_message_id, from, edit, at })).await
    }

    async fn revoke(
        &self,
        account: AccountId,
        provider_message_id: String,
        from: ChatAddress,
    ) -> Result<(), SimulatorError> {
        let at = self.network.now();
        self.says(account, NetworkEvent::Revoked(InboundRevoke { provider_message_id, from, at })).await
    }

    async fn scan(&self, account: AccountId) -> Result<(), SimulatorError> {
        let account = self.network.account(account)?;
        check(&account, |status| status == AccountStatus::Qr, "the account shows no QR code")?;
        let id = account.id;
        account.keep(|state| state.linked(id)).await.map_err(storage)?;
        connect(&account).await
    }

    async fn drop_connection(&self, account: AccountId) -> Result<(), SimulatorError> {
        let account = self.network.account(account)?;
        check(&account, is_online, "the account has no connection to drop")?;
        account.drop_and_reconnect().await.map_err(storage)
    }

    async fn ban(&self, account: AccountId) -> Result<(), SimulatorError> {
        let account = self.network.account(account)?;
        check(&account, |_| account.state().linked, "only a linked account can be banned")?;
        account.keep(|state| State { banned: true, ..state }).await.map_err(storage)?;
        account.become_and_tell(AccountStatus::Banned).await.map_err(storage)
    }

    async fn restore(&self, account: AccountId) -> Result<(), SimulatorError> {
        let account = self.network.account(account)?;
        check(&account, |_| account.state().linked, "the account is not linked; scan its QR code")?;
        account.keep(|state| State { banned: false, restricted: false, ..state }).await.map_err(storage)?;
        connect(&account).await
    }

    async fn configure(
        &self,
        account: AccountId,
        settings: SimulatorSettings,
    ) -> Result<SimulatorSettings, SimulatorError> {
        let account = self.network.account(account)?;
        if settings.failure_rate.is_some_and(|rate| !(0.0..=1.0).contains(&rate)) {
            return Err(SimulatorError::WrongState("the failure rate must be from 0 to 1".to_owned()));
        }
        let change = |state: State| State {
            latency_ms: settings.latency_ms.or(state.latency_ms),
            failure_rate: settings.failure_rate.or(state.failure_rate),
            ..state
        };
        account.keep(change).await.map_err(storage)?;
        Ok(account.state().settings())
    }
}

impl Sandbox {
    /// Tells a connected account what somebody does.
    async fn says(&self, account: AccountId, event: NetworkEvent) -> Result<(), SimulatorError> {
        let account = self.network.account(account)?;
        check(&account, is_online, "nobody reaches an account that is not connected")?;
        account.sink.frame_seen();
        account.sink.accept(event).await.map_err(storage)
    }
}

/// Connects a linked account; what the network still has to say about its messages follows.
async fn connect(account: &Arc<Account>) -> Result<(), SimulatorError> {
    let is_new = account.connection().is_none();
    let told = account.become_and_tell(account.state().resting_status()).await;
    if is_new {
        account.resume_receipts();
    }
    told.map_err(storage)
}

fn check(account: &Account, is_right: impl Fn(AccountStatus) -> bool, otherwise: &str) -> Result<(), SimulatorError> {
    let (status, _) = account.status();
    if is_right(status) {
        return Ok(());
    }
    Err(SimulatorError::WrongState(format!("{otherwise}; it is {status}")))
}

fn storage(SinkError(why): SinkError) -> SimulatorError {
    SimulatorError::Storage(why)
}
