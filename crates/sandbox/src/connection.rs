//! How an account's connection comes and goes, and how the engine hears of it.

use crate::{
    account::{Account, is_online},
    numbers::Effect,
    state::State,
};
use std::{sync::Arc, time::Duration};
use tokio::time::sleep;
use wagate_model::{
    AccountStatus, Reason,
    provider::{NetworkEvent, SinkError},
};

/// How long a dropped connection takes to come back.
const RECONNECTS_AFTER: Duration = Duration::from_secs(1);
/// The first pause after the sink refused something; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Pauses between tries to hand something to the sink: growing, with a little chance in them.
pub(crate) struct Pauses<'a> {
    account: &'a Account,
    next: Duration,
}

impl<'a> Pauses<'a> {
    pub(crate) fn new(account: &'a Account) -> Self {
        Self { account, next: FIRST_PAUSE }
    }

    pub(crate) async fn pause(&mut self) {
        let jitter = self.account.network.chance().mul_add(0.5, 0.75);
        sleep(self.next.mul_f64(jitter)).await;
        self.next = (self.next * 2).min(LONGEST_PAUSE);
    }
}

impl Account {
    /// Brings a started account to rest, and tells so in the background.
    pub(crate) fn come_up(self: &Arc<Self>) {
        let version = self.change_to(self.state().resting_status());
        self.tell_in_background(version);
        self.resume_receipts();
    }

    /// Gives the account another status and tells it. When that cannot be stored, it is told
    /// again in the background.
    pub(crate) async fn become_and_tell(self: &Arc<Self>, status: AccountStatus) -> Result<(), SinkError> {
        let version = self.change_to(status);
        let told = self.tell(version).await;
        if told.is_err() {
            self.tell_in_background(version);
        }
        told
    }

    /// The connection is lost; it comes back by itself.
    pub(crate) async fn drop_and_reconnect(self: &Arc<Self>) -> Result<(), SinkError> {
        let told = self.become_and_tell(AccountStatus::Disconnected).await;
        let account = self.clone();
        let (_, dropped) = self.status();
        self.in_background(async move { account.reconnect(dropped).await });
        told
    }

    /// What a refused message does to the account: at once for the sends that follow, and saved;
    /// told in the background, since the send that causes it is still under way.
    pub(crate) async fn suffer(self: &Arc<Self>, effect: Effect) {
        match effect {
            Effect::None => {}
            Effect::LogOut => {
                self.fall(AccountStatus::LoggedOut, |_| State::default()).await;
            }
            Effect::Restrict => {
                self.fall(AccountStatus::Held, |state| State { restricted: true, ..state }).await;
            }
            Effect::Ban => {
                self.fall(AccountStatus::Banned, |state| State { banned: true, ..state }).await;
            }
            Effect::Drop => {
                let dropped = self.change_to(AccountStatus::Disconnected);
                let account = self.clone();
                self.in_background(async move {
                    account.tell_until_stored(dropped).await;
                    account.reconnect(dropped).await;
                });
            }
        }
    }

    async fn fall(self: &Arc<Self>, status: AccountStatus, change: impl FnOnce(State) -> State + Send) {
        self.alter(change);
        let version = self.change_to(status);
        let mut saved = self.keep(|state| state).await;
        let account = self.clone();
        self.in_background(async move {
            let mut pauses = Pauses::new(&account);
            while saved.is_err() {
                pauses.pause().await;
                saved = account.keep(|state| state).await;
            }
            account.tell_until_stored(version).await;
        });
    }

    async fn reconnect(self: &Arc<Self>, dropped: u64) {
        if self.status().1 != dropped {
            return;
        }
        let connecting = self.change_to(AccountStatus::Connecting);
        self.tell_until_stored(connecting).await;
        sleep(RECONNECTS_AFTER).await;
        if self.status().1 != connecting {
            return;
        }
        let connected = self.change_to(self.state().resting_status());
        self.tell_until_stored(connected).await;
        self.resume_receipts();
    }

    fn tell_in_background(self: &Arc<Self>, version: u64) {
        let account = self.clone();
        self.in_background(async move { account.tell_until_stored(version).await });
    }

    async fn tell_until_stored(&self, version: u64) {
        let mut pauses = Pauses::new(self);
        while let Err(error) = self.tell(version).await {
            tracing::warn!(account_id = %self.id, %error, "news of the connection will be told again");
            pauses.pause().await;
        }
    }

    /// Tells the status, unless it is no longer the one that change number `version` gave: then
    /// newer news is on its way.
    async fn tell(&self, version: u64) -> Result<(), SinkError> {
        let _in_turn = self.telling.lock().await;
        let (status, present) = self.status();
        if present != version || self.stopped.is_cancelled() {
            return Ok(());
        }
        if is_online(status) {
            self.sink.frame_seen();
        }
        let phone_number = self.phone_number();
        self.sink.accept(NetworkEvent::Connection { status, reason: reason_for(status), phone_number }).await
    }
}

/// Why an account has a status.
fn reason_for(status: AccountStatus) -> Option<Reason> {
    match status {
        AccountStatus::Connecting | AccountStatus::Qr | AccountStatus::Connected => None,
        AccountStatus::Held => Some(Reason::AccountRestricted),
        AccountStatus::Disconnected => Some(Reason::ProviderUnavailable),
        AccountStatus::LoggedOut => Some(Reason::LoggedOut),
        AccountStatus::Banned => Some(Reason::AccountBanned),
    }
}
