//! Receivers of webhooks: one that counts what reaches it, and three that a gateway must bear.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

/// How long a receiver that makes progress may pause before the measurement is given up.
const STALLED_AFTER: Duration = Duration::from_mins(1);

/// How a receiver treats a POST.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// Takes it, and counts the events by their numbers.
    Counts,
    /// Takes the connection and never answers.
    Hangs,
    /// Answers after this time.
    Slow(Duration),
}

/// A receiver on a port of its own; it ends when it is dropped.
pub(super) struct Receiver {
    address: SocketAddr,
    state: Arc<State>,
    gate: watch::Sender<bool>,
    _listening: JoinSet<()>,
}

struct State {
    manner: Manner,
    /// Whether it says that it is gone for good.
    is_gone: AtomicBool,
    gate: watch::Receiver<bool>,
    /// A bit for each event's number.
    seen: Mutex<Vec<u64>>,
    events: AtomicU64,
    /// How many of them told that a message was read.
    reads: AtomicU64,
    waiting: AtomicU64,
    began: Instant,
    /// When the last event came that had not come before, in nanoseconds from `began`.
    last: AtomicU64,
}

impl Receiver {
    pub(super) async fn start(manner: Manner) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (gate, opened) = watch::channel(true);
        let state = Arc::new(State {
            manner,
            is_gone: AtomicBool::new(false),
            gate: opened,
            seen: Mutex::default(),
            events: AtomicU64::new(0),
            reads: AtomicU64::new(0),
            waiting: AtomicU64::new(0),
            began: Instant::now(),
            last: AtomicU64::new(0),
        });
        let mut listening = JoinSet::new();
        listening.spawn(listen(listener, state.clone()));
        Ok(Self { address, state, gate, _listening: listening })
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// From now on answers 410, or no longer.
    pub(super) fn be_gone(&self, is_gone: bool) {
        self.state.is_gone.store(is_gone, Ordering::Relaxed);
    }

    /// From now on holds its answers back, or gives them all.
    pub(super) fn open_gate(&self, is_open: bool) {
        self.gate.send_replace(is_open);
    }

    /// How many POSTs wait at the gate.
    pub(super) fn waiting(&self) -> u64 {
        self.state.waiting.load(Ordering::Relaxed)
    }

    /// Waits until this many different events came; answers when the last one did.
    pub(super) async fn wait_for(&self, count: u64) -> anyhow::Result<Instant> {
        self.wait(&self.state.events, count).await
    }

    /// Waits until this many events told that a message was read; answers when the last event came. A
    /// message that is read need not have been `sent` or `delivered`: receipts come in any order.
    pub(super) async fn wait_for_reads(&self, count: u64) -> anyhow::Result<Instant> {
        self.wait(&self.state.reads, count).await
    }

    async fn wait(&self, counter: &AtomicU64, count: u64) -> anyhow::Result<Instant> {
        let came = || counter.load(Ordering::Relaxed);
        let (mut seen, mut progress) = (came(), Instant::now());
        while came() < count {
            tokio::time::sleep(Duration::from_millis(5)).await;
            if came() > seen {
                (seen, progress) = (came(), Instant::now());
            }
            anyhow::ensure!(
                progress.elapsed() < STALLED_AFTER,
                "{seen} of {count} events came, and then none for a minute"
            );
        }
        Ok(self.state.began + Duration::from_nanos(self.state.last.load(Ordering::Relaxed)))
    }
}

/// An address where nothing listens, so that connections are refused.
pub(super) async fn refusing_url() -> anyhow::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    Ok(format!("http://{}/hook", listener.local_addr()?))
}

async fn listen(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let state = state.clone();
        // A connection that breaks is the gateway's to open again.
        connections.spawn(async move { serve(stream, &state).await.unwrap_or_default() });
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(mut stream: TcpStream, state: &State) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut received = Vec::with_capacity(8 * 1024);
    loop {
        let whole = loop {
            match length(&received) {
                Some(whole) if received.len() >= whole => break whole,
                _ => {}
            }
            if stream.read_buf(&mut received).await? == 0 {
                return Ok(());
            }
        };
        let answer = state.take(received.get(..whole).unwrap_or_default()).await;
        received.drain(..whole);
        stream.write_all(answer).await?;
    }
}

const TAKEN: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
const GONE: &[u8] = b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n";

impl State {
    async fn take(&self, request: &[u8]) -> &'static [u8] {
        match self.manner {
            Manner::Hangs => std::future::pending().await,
            Manner::Slow(time) => {
                tokio::time::sleep(time).await;
                TAKEN
            }
            Manner::Counts if self.is_gone.load(Ordering::Relaxed) => GONE,
            Manner::Counts => {
                if !*self.gate.borrow() {
                    self.waiting.fetch_add(1, Ordering::Relaxed);
                    let mut gate = self.gate.clone();
                    // It cannot be closed while this runs: its sender goes with the whole receiver.
                    drop(gate.wait_for(|is_open| *is_open).await);
                    self.waiting.fetch_sub(1, Ordering::Relaxed);
                }
                self.count(request);
                TAKEN
            }
        }
    }

    fn count(&self, request: &[u8]) {
        let Some(number) = sequence(request) else { return };
        let (word, bit) = (number / 64, 1_u64 << (number % 64));
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() <= word {
            seen.resize(word + 1024, 0);
        }
        if let Some(word) = seen.get_mut(word).filter(|word| **word & bit == 0) {
            *word |= bit;
            let now = u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX);
            self.last.fetch_max(now, Ordering::Relaxed);
            self.events.fetch_add(1, Ordering::Relaxed);
            if holds(request, b"\"status\":\"read\"") {
                self.reads.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// How long a request is, once its head is there.
fn length(received: &[u8]) -> Option<usize> {
    let end = received.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let head = std::str::from_utf8(received.get(..end)?).ok()?;
    let content = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok()).flatten()
    });
    Some(end + 4 + content.unwrap_or(0))
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// The event's number, which stands near the beginning of the body.
fn sequence(request: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"\"sequence\":";
    let from = request.windows(NAME.len()).position(|bytes| bytes == NAME)? + NAME.len();
    let rest = request.get(from..)?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(rest.get(..digits)?).ok()?.parse().ok().filter(|number| *number < 1 << 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POST: &[u8] = b"POST / HTTP/1.1\r\nContent-Length: 16\r\n\r\n{\"sequence\":702}POST";

    #[test]
    fn a_request_ends_where_its_length_says() {
        assert_eq!(length(POST), Some(POST.len() - 4));
        assert_eq!(length(&POST[..20]), None);
    }

    #[test]
    fn an_events_number_is_found_in_its_body() {
        assert_eq!(sequence(POST), Some(702));
        assert_eq!(sequence(b"{}"), None);
        assert_eq!(sequence(b"\"sequence\":99999999999999"), None);
    }

    #[tokio::test]
    async fn an_event_that_says_read_is_counted_as_such() {
        const READ: &[u8] = b"POST / HTTP/1.1\r\nContent-Length: 32\r\n\r\n{\"sequence\":703,\"status\":\"read\"}";
        let receiver = Receiver::start(Manner::Counts).await.unwrap();
        let mut stream = TcpStream::connect(receiver.address).await.unwrap();
        stream.write_all(&POST[..POST.len() - 4]).await.unwrap();
        stream.write_all(READ).await.unwrap();
        receiver.wait_for_reads(1).await.unwrap();
        receiver.wait_for(2).await.unwrap();
        assert_eq!(receiver.state.reads.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn an_event_counts_once_and_waits_at_the_gate() {
        let receiver = Receiver::start(Manner::Counts).await.unwrap();
        receiver.open_gate(false);
        let mut stream = TcpStream::connect(receiver.address).await.unwrap();
        stream.write_all(&POST[..POST.len() - 4]).await.unwrap();
        stream.write_all(&POST[..POST.len() - 4]).await.unwrap();
        while receiver.waiting() == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(receiver.state.events.load(Ordering::Relaxed), 0);
        receiver.open_gate(true);
        receiver.wait_for(1).await.unwrap();
        let mut answers = vec![0; 2 * TAKEN.len()];
        stream.read_exact(&mut answers).await.unwrap();
        assert_eq!(receiver.state.events.load(Ordering::Relaxed), 1);
    }
}
