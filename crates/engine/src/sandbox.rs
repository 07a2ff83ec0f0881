//! Playing the network and its people for sandbox accounts.

use crate::{
    Engine, Error, Result, audit,
    error::{require, require_active},
};
use serde_json::{Value, json};
use wagate_model::{
    Account, AccountId, Caller, Direction, Message, MessageId, Scope,
    content::Edit,
    provider::{QrCode, Simulator, SimulatorError, SimulatorSettings, Written},
};
use wagate_store::{in_transaction, messages};

impl From<SimulatorError> for Error {
    fn from(error: SimulatorError) -> Self {
        match error {
            SimulatorError::NotStarted => Self::conflict("account_not_started", error.to_string()),
            SimulatorError::WrongState(_) => Self::conflict("account_in_wrong_state", error.to_string()),
            SimulatorError::Storage(_) => Self::Unavailable { part: "database", source: Some(Box::new(error)) },
        }
    }
}

impl Engine {
    /// The code to scan, while an account waits for that.
    pub async fn account_qr(&self, caller: &Caller, id: AccountId) -> Result<QrCode> {
        require(caller, Scope::AccountsWrite)?;
        let account = self.known_account(caller, id).await?;
        self.sessions.session(id).and_then(|session| session.qr()).ok_or_else(|| {
            Error::conflict(
                "no_qr_code",
                format!("The account is `{}`: there is a code to scan only while it is `qr`.", account.status),
            )
        })
    }

    /// Somebody writes to a sandbox account; answers the message as it came in. Messages that it
    /// speaks of are named by our ids, or by the network's for those that the gateway never saw.
    pub async fn sandbox_inbound(&self, caller: &Caller, id: AccountId, mut written: Written) -> Result<Message> {
        let account = self.simulated(caller, id, Scope::MessagesSend).await?;
        self.check_content(account.provider, &written.content)?;
        (written.content, _) = self.resolve_media(caller, id, written.content).await?;
        let chat = written.from.clone();
        if let Some(answered) = &written.reply_to {
            let answered = self.network_id_of(caller, (id, &chat), "context/message_id", answered).await?;
            written.reply_to = Some(answered);
        }
        if let Some(other) = written.content.refers_to().map(str::to_owned) {
            let other = self.network_id_of(caller, (id, &chat), "reaction/message_id", &other).await?;
            written.content = written.content.referring_to(other);
        }
        let provider_id = self.simulator(&account)?.inbound(id, written).await?;
        let found =
            messages::by_provider_ids_any_workspace(&self.database, id, Direction::Incoming, &[provider_id]).await?;
        let (_, message_id) = found.into_iter().next().ok_or(Error::NotFound("message"))?;
        Ok(self.any_message(caller, message_id).await?.message)
    }

    /// Whoever wrote a message to a sandbox account changes what it says; answers the message.
    pub async fn sandbox_edit(&self, caller: &Caller, id: MessageId, edit: Edit) -> Result<Message> {
        let (account, message) = self.simulated_message(caller, id).await?;
        if message.content.edited(&edit).is_none() {
            let detail = format!("A message of the type `{}` cannot be edited so.", message.content.kind());
            return Err(Error::conflict("message_not_editable", detail));
        }
        if let (Some(provider_id), Some(from)) = (message.provider_message_id, message.from) {
            self.simulator(&account)?.edit(account.id, provider_id, from, edit).await?;
        }
        Ok(self.any_message(caller, id).await?.message)
    }

    /// Whoever wrote a message to a sandbox account takes it back; answers what is left of it.
    pub async fn sandbox_revoke(&self, caller: &Caller, id: MessageId) -> Result<Message> {
        let (account, message) = self.simulated_message(caller, id).await?;
        if let (Some(provider_id), Some(from)) = (message.provider_message_id, message.from) {
            self.simulator(&account)?.revoke(account.id, provider_id, from).await?;
        }
        Ok(self.any_message(caller, id).await?.message)
    }

    /// A message that somebody wrote to a simulated account.
    async fn simulated_message(&self, caller: &Caller, id: MessageId) -> Result<(Account, Message)> {
        require(caller, Scope::MessagesSend)?;
        let message = self.any_message(caller, id).await?.message;
        let account = self.simulated(caller, message.account_id, Scope::MessagesSend).await?;
        if message.direction != Direction::Incoming {
            let detail = "Only whoever wrote an incoming message can change it or take it back here.";
            return Err(Error::conflict("message_not_incoming", detail));
        }
        Ok((account, message))
    }

    /// The account's QR code is scanned.
    pub async fn sandbox_scan(&self, caller: &Caller, id: AccountId) -> Result<Account> {
        let account = self.simulated(caller, id, Scope::AccountsWrite).await?;
        self.simulator(&account)?.scan(id).await?;
        self.played(caller, id, "sandbox.scanned", json!({})).await?;
        self.known_account(caller, id).await
    }

    /// The account's connection drops.
    pub async fn sandbox_drop(&self, caller: &Caller, id: AccountId) -> Result<Account> {
        let account = self.simulated(caller, id, Scope::AccountsWrite).await?;
        self.simulator(&account)?.drop_connection(id).await?;
        self.played(caller, id, "sandbox.dropped", json!({})).await?;
        self.known_account(caller, id).await
    }

    /// The network bans the account.
    pub async fn sandbox_ban(&self, caller: &Caller, id: AccountId) -> Result<Account> {
        let account = self.simulated(caller, id, Scope::AccountsWrite).await?;
        self.simulator(&account)?.ban(id).await?;
        self.played(caller, id, "sandbox.banned", json!({})).await?;
        self.known_account(caller, id).await
    }

    /// The account's bans and restrictions end.
    pub async fn sandbox_restore(&self, caller: &Caller, id: AccountId) -> Result<Account> {
        let account = self.simulated(caller, id, Scope::AccountsWrite).await?;
        self.simulator(&account)?.restore(id).await?;
        self.played(caller, id, "sandbox.restored", json!({})).await?;
        self.known_account(caller, id).await
    }

    /// Changes how the simulated network treats the account.
    pub async fn sandbox_settings(
        &self,
        caller: &Caller,
        id: AccountId,
        settings: SimulatorSettings,
    ) -> Result<SimulatorSettings> {
        let account = self.simulated(caller, id, Scope::AccountsWrite).await?;
        let settings = self.simulator(&account)?.configure(id, settings).await?;
        let detail = json!({ "latency_ms": settings.latency_ms, "failure_rate": settings.failure_rate });
        self.played(caller, id, "sandbox.configured", detail).await?;
        Ok(settings)
    }

    /// The audit row of a play.
    async fn played(&self, caller: &Caller, id: AccountId, action: &str, detail: Value) -> Result<()> {
        Ok(in_transaction!(self.database, |tx| audit::record(tx, self, caller, action, id, detail.clone()).await)?)
    }

    /// A simulated account that the caller may play with; any other one is not there.
    async fn simulated(&self, caller: &Caller, id: AccountId, scope: Scope) -> Result<Account> {
        require(caller, scope)?;
        require_active(caller)?;
        let account = self.known_account(caller, id).await?;
        self.simulator(&account).map(drop)?;
        Ok(account)
    }

    fn simulator(&self, account: &Account) -> Result<&dyn Simulator> {
        self.provider(account.provider)
            .and_then(|provider| provider.simulator())
            .ok_or(Error::NotFound("sandbox account"))
    }
}
