//! What every story needs: a sandbox on a temporary journal, an account, and a recording sink.

use crate::{Sandbox, SandboxConfig};
use async_trait::async_trait;
use serde_json::{Map, Value, json};
use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
};
use tempfile::TempDir;
use tokio::sync::Notify;
use ulid::Ulid;
use wagate_model::{
    AccountId, AccountStatus, Clock, Content, MessageId, Reason, Timestamp, WorkspaceId,
    content::ContentKind,
    provider::{
        EventSink, MediaBytes, MediaReader, NetworkEvent, Outbound, OutboundMedia, Provider, Receipt, ReceiptKind,
        SendFailure, Session, Simulator, SinkError, StartAccount, Written,
    },
};

/// A clock that stands still unless it is moved.
#[derive(Default)]
pub(super) struct HandClock(pub(super) AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

/// A sink that keeps what it is told, and can be made to refuse everything.
#[derive(Default)]
pub(super) struct Recorder {
    events: Mutex<Vec<NetworkEvent>>,
    states: Mutex<Vec<Map<String, Value>>>,
    pub(super) frames: AtomicU64,
    pub(super) refusals: AtomicU64,
    refuses: AtomicBool,
    changed: Notify,
}

#[async_trait]
impl EventSink for Recorder {
    async fn accept(&self, event: NetworkEvent) -> Result<(), SinkError> {
        if self.refuses.load(Ordering::Relaxed) {
            self.refusals.fetch_add(1, Ordering::Relaxed);
            self.changed.notify_waiters();
            return Err(SinkError("the database is away".to_owned()));
        }
        self.events.lock().unwrap().push(event);
        self.changed.notify_waiters();
        Ok(())
    }

    async fn save_state(&self, state: Map<String, Value>) -> Result<(), SinkError> {
        self.states.lock().unwrap().push(state);
        Ok(())
    }

    fn frame_seen(&self) {
        self.frames.fetch_add(1, Ordering::Relaxed);
    }
}

impl Recorder {
    pub(super) fn refuse(&self, refuses: bool) {
        self.refuses.store(refuses, Ordering::Relaxed);
    }

    pub(super) fn events(&self) -> Vec<NetworkEvent> {
        self.events.lock().unwrap().clone()
    }

    /// The state that was saved last.
    pub(super) fn saved(&self) -> Map<String, Value> {
        self.states.lock().unwrap().last().cloned().unwrap_or_default()
    }

    /// Waits until `is_true` of this recorder.
    pub(super) async fn until(&self, is_true: impl Fn(&Self) -> bool) {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if is_true(self) {
                return;
            }
            changed.await;
        }
    }

    /// The receipts of a message so far, in order.
    pub(super) fn receipts(&self, id: &str) -> Vec<ReceiptKind> {
        let of_message = |event| match event {
            NetworkEvent::Receipt { provider_message_id, kind, .. } if provider_message_id == id => Some(kind),
            _ => None,
        };
        self.events().into_iter().filter_map(of_message).collect()
    }

    /// The statuses told so far, with their reasons, in order.
    pub(super) fn statuses(&self) -> Vec<(AccountStatus, Option<Reason>)> {
        let of_connection = |event| match event {
            NetworkEvent::Connection { status, reason, .. } => Some((status, reason)),
            _ => None,
        };
        self.events().into_iter().filter_map(of_connection).collect()
    }

    pub(super) async fn until_status(&self, wanted: AccountStatus) {
        self.until(|it| it.statuses().last().is_some_and(|(status, _)| *status == wanted)).await;
    }

    pub(super) async fn until_receipts(&self, id: &str, wanted: &[ReceiptKind]) {
        self.until(|it| it.receipts(id) == wanted).await;
    }
}

/// A sandbox, its files and its clock.
pub(super) struct Stage {
    directory: TempDir,
    pub(super) clock: Arc<HandClock>,
    pub(super) sandbox: Sandbox,
}

impl Stage {
    pub(super) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Arc::new(HandClock::default());
        let sandbox = Sandbox::new(config(journal_in(&directory), clock.clone())).unwrap();
        Self { directory, clock, sandbox }
    }

    /// The sandbox ends at once, as in a crash, and another one takes its journal.
    pub(super) fn restart(self) -> Self {
        let Self { directory, clock, sandbox } = self;
        drop(sandbox);
        let sandbox = Sandbox::new(config(journal_in(&directory), clock.clone())).unwrap();
        Self { directory, clock, sandbox }
    }

    pub(super) fn journal(&self) -> PathBuf {
        journal_in(&self.directory)
    }

    pub(super) fn play(&self) -> &dyn Simulator {
        self.sandbox.simulator().unwrap()
    }

    /// Starts an account with a saved state.
    pub(super) async fn start(&self, id: u128, state: Map<String, Value>) -> Actor {
        let sink = Arc::new(Recorder::default());
        self.start_with(id, state, sink).await
    }

    pub(super) async fn start_with(&self, id: u128, state: Map<String, Value>, sink: Arc<Recorder>) -> Actor {
        let id = AccountId::from(Ulid(id));
        let start =
            StartAccount { account_id: id, workspace_id: WorkspaceId::from(Ulid(1)), state, is_restored: false };
        let session = self.sandbox.start(start, sink.clone()).await.unwrap();
        Actor { id, session, sink }
    }

    /// Starts a linked account and waits until it is connected.
    pub(super) async fn connected(&self) -> Actor {
        let actor = self.start(7, linked()).await;
        actor.sink.until_status(AccountStatus::Connected).await;
        actor
    }

    /// An outbound text as the engine makes it.
    pub(super) fn text(&self, number: u128, to: &str, attempt: u32) -> Outbound {
        let message_id = MessageId::from(Ulid(number));
        Outbound {
            message_id,
            attempt,
            provider_message_id: self.sandbox.new_message_id(message_id),
            chat_id: to.parse().unwrap(),
            content: text("Hi"),
            media: None,
            reply_to: None,
            mentions: Vec::new(),
            is_forwarded: false,
        }
    }
}

/// A started account with what it was told.
pub(super) struct Actor {
    pub(super) id: AccountId,
    pub(super) session: Arc<dyn Session>,
    pub(super) sink: Arc<Recorder>,
}

impl Actor {
    /// Sends; gives the network's id of the message.
    pub(super) async fn send(&self, message: &Outbound) -> String {
        let Receipt { provider_message_id } = self.session.send(message).await.unwrap();
        assert_eq!(provider_message_id, message.provider_message_id);
        provider_message_id
    }

    pub(super) async fn refused(&self, message: &Outbound) -> SendFailure {
        self.session.send(message).await.unwrap_err()
    }
}

pub(super) fn linked() -> Map<String, Value> {
    json!({"linked": true}).as_object().cloned().unwrap()
}

/// What somebody writes.
pub(super) fn written(from: &str, body: &str) -> Written {
    Written::new(from.parse().unwrap(), text(body))
}

pub(super) fn text(body: &str) -> Content {
    Content::parse(ContentKind::Text, &json!({"body": body})).unwrap()
}

fn journal_in(directory: &TempDir) -> PathBuf {
    directory.path().join("sandbox").join("journal.jsonl")
}

fn config(journal_path: PathBuf, clock: Arc<HandClock>) -> SandboxConfig {
    let next = AtomicU64::new(1);
    let random = move || u128::from(next.fetch_add(0x9E37_79B9, Ordering::Relaxed));
    SandboxConfig { journal_path, clock, random: Arc::new(random) }
}

pub(super) fn config_at(journal_path: PathBuf) -> SandboxConfig {
    config(journal_path, Arc::new(HandClock::default()))
}

/// A file as the engine hands it to a provider.
pub(super) fn file(bytes: &[u8]) -> OutboundMedia {
    OutboundMedia {
        id: Ulid(1).into(),
        mime_type: "application/octet-stream".to_owned(),
        size: bytes.len() as u64,
        sha256: hex::encode(<sha2::Sha256 as sha2::Digest>::digest(bytes)),
        bytes: Arc::new(File(bytes.to_vec())),
    }
}

struct File(Vec<u8>);

#[async_trait]
impl MediaBytes for File {
    async fn open(&self) -> Result<Box<dyn MediaReader>, SendFailure> {
        Ok(Box::new(Pieces(self.0.chunks(4).map(<[u8]>::to_vec).collect())))
    }
}

struct Pieces(std::collections::VecDeque<Vec<u8>>);

#[async_trait]
impl MediaReader for Pieces {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, SendFailure> {
        Ok(self.0.pop_front())
    }
}
