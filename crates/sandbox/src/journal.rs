//! The network's memory on disk: what arrived, written and synced before any send is answered.
//!
//! One append-only file of JSON lines. Sends that are under way together share one write and one
//! sync. The file outlives the process, so it is the witness of what was sent and how often.
//! Invariant: a line is complete when it ends in a newline; what a crash left behind the last
//! newline was never answered and is cut off at the next start. The file grows for ever, by about
//! 350 bytes for each message; remove it, while the gateway is stopped, to begin anew.

mod file;
mod line;
mod memory;
mod writer;

pub use file::read;
pub use line::Arrival;
use line::{Done, Heard, Line};
use memory::Memory;
use std::{
    io,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread::JoinHandle,
};
use tokio::sync::oneshot;
use wagate_model::{AccountId, ChatAddress, Timestamp};
use writer::{Entry, Writer};

/// The journal could not be written; whether the line reached the disk is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the sandbox's journal could not be written: {0}")]
pub(crate) struct JournalError(pub(crate) String);

/// The open journal. Dropping it writes what is queued and closes the file.
#[derive(Debug)]
pub(crate) struct Journal {
    queue: mpsc::Sender<Entry>,
    memory: Arc<Mutex<Memory>>,
    syncs: Arc<AtomicU64>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Journal {
    /// Opens the file, made if it is missing, and learns what it tells.
    ///
    /// # Errors
    /// When the file cannot be opened or written, another process holds it, or a line before the
    /// last one is damaged.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut memory = Memory::default();
        let mut seen = memory::Seen::default();
        let file = file::open(path, |line| {
            if let Line::Arrival(arrival) = &line {
                seen.count(arrival);
            }
            memory.learn(line);
        })?;
        let (queue, entries) = mpsc::channel();
        let memory = Arc::new(Mutex::new(memory));
        let syncs = Arc::new(AtomicU64::new(0));
        let writer = Writer::new(file, seen, memory.clone(), syncs.clone())?;
        let thread =
            std::thread::Builder::new().name("sandbox-journal".to_owned()).spawn(move || writer.run(&entries))?;
        Ok(Self { queue, memory, syncs, thread: Mutex::new(Some(thread)) })
    }

    /// Writes and syncs one arrival. Returns how often the id had arrived before; the number in
    /// `arrival.repeat` is set here.
    pub(crate) async fn arrive(&self, arrival: Arrival) -> Result<u32, JournalError> {
        let closed = || JournalError("it is closed".to_owned());
        let (answer, answered) = oneshot::channel();
        self.queue.send(Entry::Arrival { arrival, answer }).map_err(|_closed| closed())?;
        answered.await.map_err(|_closed| closed())?
    }

    /// Notes that everything that follows an arrival was told. A crash may forget it, and then it
    /// is told again.
    pub(crate) fn finish(&self, arrival: &Arrival) {
        let Arrival { account_id, provider_message_id, .. } = arrival;
        let done = Done { account_id: *account_id, provider_message_id: provider_message_id.clone() };
        self.note(Line::Done(done));
    }

    /// Notes that `chat` wrote to the account: it is no new chat any more.
    pub(crate) fn hear(&self, account_id: AccountId, chat_id: ChatAddress, at: Timestamp) {
        self.note(Line::Heard(Heard { account_id, chat_id, at }));
    }

    /// Arrivals of the account of which not everything was told yet.
    pub(crate) fn unfinished(&self, account: AccountId) -> Vec<Arrival> {
        self.memory().unfinished(account)
    }

    /// Whether `chat` has written to the account. Known only for numbers where it matters.
    pub(crate) fn has_written(&self, account: AccountId, chat: &ChatAddress) -> bool {
        self.memory().has_written(account, chat)
    }

    /// How many times the file was synced since it was opened.
    pub(crate) fn syncs(&self) -> u64 {
        self.syncs.load(Ordering::Relaxed)
    }

    /// Writes what is queued and closes the file; later arrivals are refused.
    pub(crate) fn close(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(thread) = thread else { return };
        if self.queue.send(Entry::Close).is_ok() && thread.join().is_err() {
            tracing::error!("the writer of the sandbox's journal had panicked");
        }
    }

    fn note(&self, line: Line) {
        self.memory().learn(line.clone());
        if self.queue.send(Entry::Note(line)).is_err() {
            tracing::debug!("a note came after the sandbox's journal was closed");
        }
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.close();
    }
}
