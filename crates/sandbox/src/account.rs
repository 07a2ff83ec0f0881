//! One started account: its state, and whether it may send. While it is idle it is this and
//! nothing more: no task, no timer.

use crate::{sandbox::Network, state::State};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio_util::sync::CancellationToken;
use wagate_model::{
    AccountId, AccountStatus, PhoneNumber, Reason,
    provider::{EventSink, SendFailure, SinkError},
};

/// A started account. Its background work ends when `stopped` is cancelled.
pub(crate) struct Account {
    pub(crate) id: AccountId,
    pub(crate) network: Arc<Network>,
    pub(crate) sink: Arc<dyn EventSink>,
    pub(crate) stopped: CancellationToken,
    /// Held while news of the connection is told or state is saved, so that neither overtakes.
    pub(crate) telling: tokio::sync::Mutex<()>,
    link: Mutex<Link>,
}

/// What changes in an account.
struct Link {
    status: AccountStatus,
    /// Grows with every change of status.
    version: u64,
    /// The version with which the present connection began, while there is one.
    connection: Option<u64>,
    state: State,
}

impl Account {
    pub(crate) fn new(
        id: AccountId,
        network: Arc<Network>,
        sink: Arc<dyn EventSink>,
        stopped: CancellationToken,
        state: State,
    ) -> Arc<Self> {
        let link = Link { status: AccountStatus::Connecting, version: 0, connection: None, state };
        Arc::new(Self { id, network, sink, stopped, telling: tokio::sync::Mutex::default(), link: Mutex::new(link) })
    }

    /// Gives the account another status; returns the number of this change.
    pub(crate) fn change_to(&self, status: AccountStatus) -> u64 {
        let mut link = self.link();
        link.status = status;
        link.version += 1;
        link.connection = is_online(status).then(|| link.connection.unwrap_or(link.version));
        link.version
    }

    /// The account's status, and the number of the change that gave it.
    pub(crate) fn status(&self) -> (AccountStatus, u64) {
        let link = self.link();
        (link.status, link.version)
    }

    /// The number of the present connection, if the account is connected.
    pub(crate) fn connection(&self) -> Option<u64> {
        self.link().connection.filter(|_| !self.stopped.is_cancelled())
    }

    /// A copy of what is kept between two starts.
    pub(crate) fn state(&self) -> State {
        self.link().state.clone()
    }

    /// The account's number, once it is linked.
    pub(crate) fn phone_number(&self) -> Option<PhoneNumber> {
        self.link().state.phone_number.clone()
    }

    /// Changes what is kept between two starts: first in the sink's store, then here.
    pub(crate) async fn keep(&self, change: impl Fn(State) -> State + Send) -> Result<(), SinkError> {
        let _in_turn = self.telling.lock().await;
        self.sink.save_state(change(self.state()).to_map()).await?;
        // Once more on the present state: `alter` may have changed it meanwhile.
        self.alter(change);
        Ok(())
    }

    /// Changes here at once what is kept between two starts; it is still to be saved.
    pub(crate) fn alter(&self, change: impl FnOnce(State) -> State) {
        let mut link = self.link();
        link.state = change(link.state.clone());
    }

    /// Why the account cannot send now, if it cannot.
    pub(crate) fn check_can_send(&self) -> Result<(), SendFailure> {
        if self.stopped.is_cancelled() {
            return Err(SendFailure::new(Reason::ProviderUnavailable, "the session has ended"));
        }
        let (reason, detail) = match self.status().0 {
            AccountStatus::Connected => return Ok(()),
            AccountStatus::Connecting | AccountStatus::Disconnected => {
                (Reason::ProviderUnavailable, "the account is not connected")
            }
            AccountStatus::Qr => (Reason::LoggedOut, "the account's QR code was not scanned yet"),
            AccountStatus::LoggedOut => (Reason::LoggedOut, "the account is logged out"),
            AccountStatus::Held => (Reason::AccountRestricted, "the network restricted the account"),
            AccountStatus::Banned => (Reason::AccountBanned, "the network banned the account"),
        };
        Err(SendFailure::new(reason, detail))
    }

    /// Runs `work` beside everything else, until it ends or the account is stopped.
    pub(crate) fn in_background(&self, work: impl Future<Output = ()> + Send + 'static) {
        let stopped = self.stopped.clone();
        self.network.tasks.spawn(async move {
            stopped.run_until_cancelled(work).await;
        });
    }

    fn link(&self) -> MutexGuard<'_, Link> {
        // Each change is one assignment or two that belong together; none can panic between them.
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the network reaches an account with this status.
pub(crate) fn is_online(status: AccountStatus) -> bool {
    matches!(status, AccountStatus::Connected | AccountStatus::Held)
}
