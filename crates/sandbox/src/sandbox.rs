//! The provider: what all its accounts share, and how one is started.

use crate::{account::Account, fingerprint::outgoing_id, journal::Journal, session::SandboxSession, state::State};
use async_trait::async_trait;
use std::{
    collections::HashMap,
    fmt, io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use wagate_model::{
    AccountId, Clock, MessageId, ProviderKind, Reason, Timestamp,
    content::ContentKind,
    provider::{Capabilities, EventSink, Provider, SendFailure, Session, Simulator, SimulatorError, StartAccount},
};

/// What the sandbox can do.
const CAPABILITIES: Capabilities = Capabilities {
    content: &[
        ContentKind::Text,
        ContentKind::Image,
        ContentKind::Video,
        ContentKind::Audio,
        ContentKind::Voice,
        ContentKind::Document,
        ContentKind::Sticker,
        ContentKind::Location,
        ContentKind::Contacts,
        ContentKind::Reaction,
        ContentKind::Poll,
        ContentKind::Interactive,
        ContentKind::Template,
        ContentKind::Edit,
        ContentKind::Revoke,
    ],
    has_chosen_ids: true,
    sends_in_flight: 256,
    has_qr: true,
};

/// What a sandbox needs to run.
pub struct SandboxConfig {
    /// The journal's file. It is made, with its folder, if it is missing; one process at a time
    /// may hold it.
    pub journal_path: PathBuf,
    /// The network's clock, for the times of events and the turns of QR codes. Delays run on the
    /// runtime's timer.
    pub clock: Arc<dyn Clock>,
    /// 128 random bits at each call: for ids of incoming messages, failure rates and jitter.
    pub random: Arc<dyn Fn() -> u128 + Send + Sync>,
}

impl fmt::Debug for SandboxConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SandboxConfig").field("journal_path", &self.journal_path).finish_non_exhaustive()
    }
}

/// What the accounts of one sandbox share.
pub(crate) struct Network {
    pub(crate) journal: Journal,
    pub(crate) tasks: TaskTracker,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Fn() -> u128 + Send + Sync>,
    accounts: Mutex<HashMap<AccountId, Arc<Account>>>,
}

impl Network {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn random(&self) -> u128 {
        (self.random)()
    }

    /// A random number from 0 up to, not including, 1.
    pub(crate) fn chance(&self) -> f64 {
        // 32 bits are exact in an `f64`; the lowest ones of 128 are as random as any.
        let bits = u32::try_from(self.random() & u128::from(u32::MAX)).unwrap_or(0);
        f64::from(bits) / (f64::from(u32::MAX) + 1.0)
    }

    /// The account, if it is started.
    pub(crate) fn account(&self, id: AccountId) -> Result<Arc<Account>, SimulatorError> {
        self.accounts().get(&id).cloned().ok_or(SimulatorError::NotStarted)
    }

    /// Makes `account` the one that the network knows by its id; an earlier one is cut off.
    fn enter(&self, account: &Arc<Account>) {
        let earlier = self.accounts().insert(account.id, account.clone());
        if let Some(earlier) = earlier {
            earlier.stopped.cancel();
        }
    }

    /// Ends the account's work and forgets it, unless another start took its place.
    pub(crate) fn leave(&self, account: &Arc<Account>) {
        account.stopped.cancel();
        let mut accounts = self.accounts();
        if accounts.get(&account.id).is_some_and(|known| Arc::ptr_eq(known, account)) {
            accounts.remove(&account.id);
        }
    }

    fn accounts(&self) -> MutexGuard<'_, HashMap<AccountId, Arc<Account>>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The simulated network. Dropping it ends all that its accounts still do and closes the journal.
pub struct Sandbox {
    pub(crate) network: Arc<Network>,
    stopped: CancellationToken,
}

impl Sandbox {
    /// Opens the journal and learns from it what already arrived. Starts no account.
    ///
    /// # Errors
    /// When the journal cannot be opened or read, is held by another process (`WouldBlock`), or is
    /// damaged before its last line (`InvalidData`).
    pub fn new(config: SandboxConfig) -> io::Result<Self> {
        let SandboxConfig { journal_path, clock, random } = config;
        let network = Network {
            journal: Journal::open(&journal_path)?,
            tasks: TaskTracker::new(),
            clock,
            random,
            accounts: Mutex::default(),
        };
        Ok(Self { network: Arc::new(network), stopped: CancellationToken::new() })
    }

    /// How many times the journal was synced to disk since the start. Sends under way together
    /// share a sync.
    pub fn journal_syncs(&self) -> u64 {
        self.network.journal.syncs()
    }

    /// Ends everything that the accounts still do, waits for that, and closes the journal. Sends
    /// that come later fail.
    pub async fn shut_down(&self) {
        self.stopped.cancel();
        self.network.tasks.close();
        self.network.tasks.wait().await;
        self.network.journal.close();
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stopped.cancel();
        self.network.journal.close();
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("journal", &self.network.journal).finish_non_exhaustive()
    }
}

#[async_trait]
impl Provider for Sandbox {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Sandbox
    }

    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    async fn start(&self, account: StartAccount, sink: Arc<dyn EventSink>) -> Result<Arc<dyn Session>, SendFailure> {
        let state = State::read(account.account_id, account.state)
            .map_err(|error| SendFailure::new(Reason::Internal, format!("the saved state cannot be read: {error}")))?;
        let account = Account::new(account.account_id, self.network.clone(), sink, self.stopped.child_token(), state);
        self.network.enter(&account);
        account.come_up();
        Ok(Arc::new(SandboxSession::new(account)))
    }

    fn new_message_id(&self, message: MessageId) -> String {
        outgoing_id(message)
    }

    fn simulator(&self) -> Option<&dyn Simulator> {
        Some(self)
    }
}
