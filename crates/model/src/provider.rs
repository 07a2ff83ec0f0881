//! The contract between the engine and the networks.
//!
//! [`Provider`] says how an account is started, [`Session`] what a started account can do, and
//! [`EventSink`] takes what comes from the network. A provider never sees a database, and the
//! engine never sees a concrete provider.

use crate::{
    AccountId, AccountStatus, ChatAddress, Content, MediaId, MessageId, Pacing, PhoneNumber, ProviderKind, Reason,
    Timestamp, WorkspaceId,
    content::{ContentKind, Edit},
};
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::{sync::Arc, time::Duration};

/// What a provider can do, known before any account is started.
#[derive(Debug, Clone)]
pub struct Capabilities {
    /// The content types that it can send.
    pub content: &'static [ContentKind],
    /// Whether the network takes message ids of our choice, so that a resend is the same message.
    pub has_chosen_ids: bool,
    /// How many sends of one account may be in flight at once.
    pub sends_in_flight: usize,
    /// Whether accounts are linked by scanning a QR code.
    pub has_qr: bool,
}

/// What an account needs to be started.
#[derive(Debug, Clone)]
pub struct StartAccount {
    /// The account.
    pub account_id: AccountId,
    /// Its workspace.
    pub workspace_id: WorkspaceId,
    /// What the provider keeps about the account, as it last gave it to
    /// [`EventSink::save_state`]; empty for a new account.
    pub state: Map<String, Value>,
    /// Whether `state` comes from a restored backup and was not saved since. What must never be used
    /// twice, such as the ratchets of end-to-end sessions, is then made anew, not reused; the next
    /// [`EventSink::save_state`] ends it.
    pub is_restored: bool,
}

/// One attempt to send one message.
#[derive(Debug, Clone)]
pub struct Outbound {
    /// The message.
    pub message_id: MessageId,
    /// The number of this attempt, from 1.
    pub attempt: u32,
    /// The network's id of the message, chosen by us and the same at every attempt.
    pub provider_message_id: String,
    /// Where it goes.
    pub chat_id: ChatAddress,
    /// What it says. A message that it speaks of is named by the network's id.
    pub content: Content,
    /// Its file, of types that have one.
    pub media: Option<OutboundMedia>,
    /// The network's id of the message that it answers.
    pub reply_to: Option<String>,
    /// Whom it names.
    pub mentions: Vec<ChatAddress>,
    /// Whether it is marked as forwarded.
    pub is_forwarded: bool,
}

/// The file of a message that is sent: what is known of it, and the way to its bytes.
#[derive(Clone)]
pub struct OutboundMedia {
    /// Its id.
    pub id: MediaId,
    /// Its type, found from its bytes.
    pub mime_type: String,
    /// Its length in bytes.
    pub size: u64,
    /// SHA-256 of its bytes in hex.
    pub sha256: String,
    /// The bytes.
    pub bytes: Arc<dyn MediaBytes>,
}

impl std::fmt::Debug for OutboundMedia {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutboundMedia")
            .field("id", &self.id)
            .field("mime_type", &self.mime_type)
            .finish_non_exhaustive()
    }
}

/// Where the bytes of a file are.
#[async_trait]
pub trait MediaBytes: Send + Sync {
    /// Begins to read them, from the first one on; as often as wanted.
    async fn open(&self) -> Result<Box<dyn MediaReader>, SendFailure>;
}

/// The bytes of a file, piece by piece: a file is never whole in memory.
#[async_trait]
pub trait MediaReader: Send {
    /// The next piece; `None` after the last one.
    async fn next(&mut self) -> Result<Option<Vec<u8>>, SendFailure>;
}

/// What a session gives for the file of a message that came in.
pub enum FetchedMedia {
    /// The bytes.
    Bytes(Box<dyn MediaReader>),
    /// A URL; the engine fetches it as it does those of customers.
    Link(String),
    /// A file that the gateway has already; only simulated networks can know of one.
    Stored(MediaId),
}

/// The network took a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The network's id of the message.
    pub provider_message_id: String,
}

/// The network did not take a message, or nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}: {detail}")]
pub struct SendFailure {
    /// One of our reasons; its policy decides what happens next.
    pub reason: Reason,
    /// What the network said, in one line, without secrets.
    pub detail: String,
    /// How long the network asked to wait.
    pub retry_after: Option<Duration>,
}

impl SendFailure {
    /// A failure without a wait.
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into(), retry_after: None }
    }
}

/// What the network says about a message that it took earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptKind {
    /// It was taken; for providers that say so later than `send` returns.
    Sent,
    /// It reached the recipient.
    Delivered,
    /// The recipient saw it.
    Read,
    /// It failed after all.
    Failed(Reason),
}

/// Something that came from the network.
#[derive(Debug, Clone)]
pub enum NetworkEvent {
    /// A message came in.
    Message(Inbound),
    /// News of a message that we sent.
    Receipt {
        /// The network's id of the message.
        provider_message_id: String,
        /// What happened to it.
        kind: ReceiptKind,
        /// When, by the network's clock.
        at: Timestamp,
    },
    /// Whoever wrote an incoming message changed what it says.
    Edited(InboundEdit),
    /// Whoever wrote an incoming message took it back.
    Revoked(InboundRevoke),
    /// The account's connection changed.
    Connection {
        /// The new status.
        status: AccountStatus,
        /// Why, where that is no plain success.
        reason: Option<Reason>,
        /// The account's number, where it became known.
        phone_number: Option<PhoneNumber>,
    },
}

/// A message that came in.
#[derive(Debug, Clone)]
pub struct Inbound {
    /// The network's id of it; the same id from the same account is the same message.
    pub provider_message_id: String,
    /// The chat, valid as `to` of an answer.
    pub chat_id: ChatAddress,
    /// Who wrote it.
    pub from: ChatAddress,
    /// What it says. A message that it speaks of is named by the network's id. Where its type has a
    /// file, the source of that is of no account.
    pub content: Content,
    /// What [`Session::fetch_media`] needs to fetch its file, of types that have one.
    pub media: Option<Value>,
    /// The network's id of the message that it answers.
    pub reply_to: Option<String>,
    /// Whom it names.
    pub mentions: Vec<ChatAddress>,
    /// Whether it is marked as forwarded.
    pub is_forwarded: bool,
    /// When, by the network's clock.
    pub at: Timestamp,
}

/// An incoming message says something else now.
#[derive(Debug, Clone)]
pub struct InboundEdit {
    /// The network's id of the message. Its content's `message_id` is not looked at.
    pub provider_message_id: String,
    /// Who says so: only its author may.
    pub from: ChatAddress,
    /// What it says now.
    pub edit: Edit,
    /// When, by the network's clock; an older edit than the last one is not taken.
    pub at: Timestamp,
}

/// An incoming message was taken back.
#[derive(Debug, Clone)]
pub struct InboundRevoke {
    /// The network's id of the message.
    pub provider_message_id: String,
    /// Who says so: only its author may.
    pub from: ChatAddress,
    /// When, by the network's clock.
    pub at: Timestamp,
}

/// What the sink could not store. The provider must not acknowledge to the network, and may try
/// again.
#[derive(Debug, thiserror::Error)]
#[error("the event could not be stored: {0}")]
pub struct SinkError(pub String);

/// Takes what comes from the network. What it accepts is durable when it returns.
#[async_trait]
pub trait EventSink: Send + Sync {
    /// Stores one event of the account.
    async fn accept(&self, event: NetworkEvent) -> Result<(), SinkError>;

    /// Stores what the provider must find again at the next start of the account, sealed.
    async fn save_state(&self, state: Map<String, Value>) -> Result<(), SinkError>;

    /// Notes that a frame came from the network: the account is alive. Cheap; may be called often.
    fn frame_seen(&self);
}

/// What a session shows to be scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrCode {
    /// The text that the QR image carries.
    pub text: String,
    /// When it is replaced by another one.
    pub expires_at: Timestamp,
}

/// A network that accounts connect to.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Which one it is.
    fn kind(&self) -> ProviderKind;

    /// What it can do.
    fn capabilities(&self) -> &Capabilities;

    /// Starts an account: returns at once, and tells `sink` how the connection goes.
    async fn start(&self, account: StartAccount, sink: Arc<dyn EventSink>) -> Result<Arc<dyn Session>, SendFailure>;

    /// The id that a new message shall have on the network, where the network takes ours.
    fn new_message_id(&self, message: MessageId) -> String;

    /// How fast its accounts send where their owners say nothing else.
    fn default_pacing(&self) -> Pacing {
        Pacing::default()
    }

    /// The provider's controls for playing the network, which only a simulated one has.
    fn simulator(&self) -> Option<&dyn Simulator> {
        None
    }
}

/// A started account.
#[async_trait]
pub trait Session: Send + Sync {
    /// Sends one message. Returns when the network took it, or says why not. A failure of which
    /// it is not known whether the network took the message is [`Reason::OutcomeUnknown`].
    async fn send(&self, message: &Outbound) -> Result<Receipt, SendFailure>;

    /// Tells the network that incoming messages of a chat were read.
    async fn mark_read(&self, chat: &ChatAddress, provider_message_ids: &[String]) -> Result<(), SendFailure>;

    /// Begins to fetch the file of a message that came in; `reference` is what came with it.
    async fn fetch_media(&self, _reference: &Value) -> Result<FetchedMedia, SendFailure> {
        Err(SendFailure::new(Reason::MediaUnavailable, "this provider has no files"))
    }

    /// The code to scan, while the account waits for that.
    fn qr(&self) -> Option<QrCode>;

    /// Ends the connection and keeps the login.
    async fn stop(&self);

    /// Ends the login, so that the account must be linked anew.
    async fn log_out(&self) -> Result<(), SendFailure>;
}

/// What can be changed in a simulated network for one account.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SimulatorSettings {
    /// How long the network takes to answer a send, in milliseconds.
    pub latency_ms: Option<u32>,
    /// The part of sends, 0 to 1, that fail with `provider_unavailable`.
    pub failure_rate: Option<f64>,
}

/// What somebody writes to an account of a simulated network.
#[derive(Debug, Clone)]
pub struct Written {
    /// Who writes.
    pub from: ChatAddress,
    /// What it says. A message that it speaks of is named by the network's id.
    pub content: Content,
    /// The network's id of the message that it answers.
    pub reply_to: Option<String>,
    /// Whom it names.
    pub mentions: Vec<ChatAddress>,
    /// Whether it is marked as forwarded.
    pub is_forwarded: bool,
}

impl Written {
    /// Content alone.
    pub const fn new(from: ChatAddress, content: Content) -> Self {
        Self { from, content, reply_to: None, mentions: Vec::new(), is_forwarded: false }
    }
}

/// Plays the network and the people on it, for one account at a time.
#[async_trait]
pub trait Simulator: Send + Sync {
    /// Somebody writes to the account. Returns the network's id of the message.
    async fn inbound(&self, account: AccountId, written: Written) -> Result<String, SimulatorError>;
    /// Whoever wrote a message to the account changes what it says.
    async fn edit(
        &self,
        account: AccountId,
        provider_message_id: String,
        from: ChatAddress,
        edit: Edit,
    ) -> Result<(), SimulatorError>;
    /// Whoever wrote a message to the account takes it back.
    async fn revoke(
        &self,
        account: AccountId,
        provider_message_id: String,
        from: ChatAddress,
    ) -> Result<(), SimulatorError>;
    /// The QR code is scanned.
    async fn scan(&self, account: AccountId) -> Result<(), SimulatorError>;
    /// The connection drops; the account reconnects by itself.
    async fn drop_connection(&self, account: AccountId) -> Result<(), SimulatorError>;
    /// The network bans the account.
    async fn ban(&self, account: AccountId) -> Result<(), SimulatorError>;
    /// Bans and restrictions end, and the account is connected again.
    async fn restore(&self, account: AccountId) -> Result<(), SimulatorError>;
    /// Changes the settings that are given; answers all of them.
    async fn configure(
        &self,
        account: AccountId,
        settings: SimulatorSettings,
    ) -> Result<SimulatorSettings, SimulatorError>;
}

/// Why a simulated network refused to play along.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SimulatorError {
    /// The account is not started.
    #[error("the account is not started; connect it first")]
    NotStarted,
    /// The account's present state does not allow it.
    #[error("{0}")]
    WrongState(String),
    /// What happened could not be stored.
    #[error("{0}")]
    Storage(String),
}
