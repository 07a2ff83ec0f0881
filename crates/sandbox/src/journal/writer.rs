//! The one thread that writes the journal: takes what is queued, writes it at once, syncs once.

use super::{
    JournalError,
    line::{Arrival, Line},
    memory::{Memory, Seen},
};
use std::{
    fs::File,
    io::{self, Write},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::Receiver,
    },
};
use tokio::sync::oneshot;

/// Most entries that share one write.
const MOST_AT_ONCE: usize = 1_024;

/// Something to be written.
#[derive(Debug)]
pub(super) enum Entry {
    /// An arrival; `answer` hears how often its id had arrived before, once that is on disk.
    Arrival { arrival: Arrival, answer: oneshot::Sender<Result<u32, JournalError>> },
    /// A line that need not be on disk before anything else happens.
    Note(Line),
    /// Nothing more comes.
    Close,
}

/// Owns the file.
pub(super) struct Writer {
    file: File,
    /// The length of the file up to the last group that is on disk.
    length: u64,
    seen: Seen,
    memory: Arc<Mutex<Memory>>,
    syncs: Arc<AtomicU64>,
}

type Waiting = (Arrival, oneshot::Sender<Result<u32, JournalError>>);

impl Writer {
    pub(super) fn new(file: File, seen: Seen, memory: Arc<Mutex<Memory>>, syncs: Arc<AtomicU64>) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self { file, length, seen, memory, syncs })
    }

    /// Writes group after group until `Close` comes or nobody is left to send.
    pub(super) fn run(mut self, entries: &Receiver<Entry>) {
        while let Ok(first) = entries.recv() {
            let group: Vec<_> = std::iter::once(first).chain(entries.try_iter()).take(MOST_AT_ONCE).collect();
            let is_last = group.iter().any(|entry| matches!(entry, Entry::Close));
            self.write(group);
            if is_last {
                break;
            }
        }
    }

    fn write(&mut self, group: Vec<Entry>) {
        let mut text = Vec::with_capacity(group.len() * 400);
        let mut waiting: Vec<Waiting> = Vec::with_capacity(group.len());
        for entry in group {
            match entry {
                Entry::Arrival { mut arrival, answer } => {
                    arrival.repeat = self.seen.count(&arrival);
                    append(&mut text, &Line::Arrival(arrival.clone()));
                    waiting.push((arrival, answer));
                }
                Entry::Note(line) => append(&mut text, &line),
                Entry::Close => {}
            }
        }
        match self.put(&text, !waiting.is_empty()) {
            Ok(()) => self.answer(waiting),
            Err(error) => self.refuse(waiting, &error),
        }
    }

    /// Appends `text`, and waits until it is on disk if somebody waits for it.
    fn put(&mut self, text: &[u8], is_awaited: bool) -> io::Result<()> {
        self.file.write_all(text)?;
        if is_awaited {
            self.file.sync_data()?;
            self.syncs.fetch_add(1, Ordering::Relaxed);
        }
        self.length += text.len() as u64;
        Ok(())
    }

    /// What is unfinished is learned before anybody hears of it, so that a session that starts in
    /// between finds it.
    fn answer(&self, waiting: Vec<Waiting>) {
        let mut answers = Vec::with_capacity(waiting.len());
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        for (arrival, answer) in waiting {
            answers.push((arrival.repeat, answer));
            memory.learn(Line::Arrival(arrival));
        }
        drop(memory);
        for (repeat, answer) in answers {
            tell(answer, Ok(repeat));
        }
    }

    /// Takes a group back that could not be written, so that no half line stands in the file.
    fn refuse(&mut self, waiting: Vec<Waiting>, error: &io::Error) {
        tracing::error!(%error, "the sandbox's journal could not be written");
        if let Err(error) = self.file.set_len(self.length) {
            tracing::error!(%error, "the sandbox's journal could not be cut back");
        }
        for (arrival, answer) in waiting {
            self.seen.take_back(&arrival);
            tell(answer, Err(JournalError(error.to_string())));
        }
    }
}

fn append(text: &mut Vec<u8>, line: &Line) {
    let before = text.len();
    if let Err(error) = serde_json::to_writer(&mut *text, line) {
        tracing::error!(%error, "a line of the sandbox's journal could not be written as JSON");
        text.truncate(before);
        return;
    }
    text.push(b'\n');
}

fn tell(answer: oneshot::Sender<Result<u32, JournalError>>, result: Result<u32, JournalError>) {
    if answer.send(result).is_err() {
        tracing::debug!("the sender of an arrival did not wait for its answer");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{file, read};
    use serde_json::json;
    use std::sync::mpsc;
    use ulid::Ulid;
    use wagate_model::{AccountId, MessageId, Timestamp, content::ContentKind};

    fn arrival(n: u128) -> Arrival {
        Arrival {
            message_id: MessageId::from(Ulid(n)),
            provider_message_id: format!("id {n}"),
            account_id: AccountId::from(Ulid(1)),
            chat_id: "+15550100001".parse().unwrap(),
            attempt: 1,
            at: Timestamp(0),
            kind: ContentKind::Text,
            content: json!({"body": "Hi"}),
            reply_to: None,
            mentions: Vec::new(),
            is_forwarded: false,
            media_sha256: None,
            repeat: 0,
        }
    }

    fn writer(path: &std::path::Path) -> Writer {
        let file = file::open(path, |_| {}).unwrap();
        Writer::new(file, Seen::default(), Arc::default(), Arc::default()).unwrap()
    }

    #[test]
    fn a_thousand_arrivals_that_wait_together_share_one_sync() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.jsonl");
        let writer = writer(&path);
        let (syncs, memory) = (writer.syncs.clone(), writer.memory.clone());
        let (queue, entries) = mpsc::channel();
        let answers: Vec<_> = (0..1_000)
            .map(|n| {
                let (answer, answered) = oneshot::channel();
                queue.send(Entry::Arrival { arrival: arrival(n % 500), answer }).unwrap();
                answered
            })
            .collect();
        queue.send(Entry::Close).unwrap();
        writer.run(&entries);
        let repeats: Vec<_> = answers.into_iter().map(|answered| answered.blocking_recv().unwrap().unwrap()).collect();
        assert_eq!(repeats, [[0; 500], [1; 500]].concat());
        assert_eq!(read(&path).unwrap().len(), 1_000);
        assert_eq!(syncs.load(Ordering::Relaxed), 1);
        assert_eq!(memory.lock().unwrap().unfinished(AccountId::from(Ulid(1))).len(), 500);
    }

    #[test]
    fn notes_alone_wait_for_no_sync() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.jsonl");
        let mut writer = writer(&path);
        writer.write(vec![Entry::Note(Line::Arrival(arrival(1)))]);
        assert_eq!(read(&path).unwrap().len(), 1);
        assert_eq!(writer.syncs.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn an_arrival_that_could_not_be_written_was_none() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.jsonl");
        drop(file::open(&path, |_| {}).unwrap());
        // A file that is open for reading alone refuses every write.
        let file = File::open(&path).unwrap();
        let mut writer = Writer::new(file, Seen::default(), Arc::default(), Arc::default()).unwrap();
        let (answer, answered) = oneshot::channel();
        writer.write(vec![Entry::Arrival { arrival: arrival(1), answer }]);
        assert!(answered.blocking_recv().unwrap().is_err());
        assert_eq!(writer.seen.count(&arrival(1)), 0);
        assert!(writer.memory.lock().unwrap().unfinished(AccountId::from(Ulid(1))).is_empty());
    }
}
