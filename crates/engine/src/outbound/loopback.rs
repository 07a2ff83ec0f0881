//! Receivers on loopback for tests: real sockets, scripted answers, and what arrived.

use super::NameLookup;
use async_trait::async_trait;
use std::{
    collections::{HashMap, VecDeque},
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use wagate_model::{Clock, Timestamp};

/// How a receiver answers each request.
#[derive(Debug, Clone)]
pub(crate) enum Script {
    /// These bytes, keeping the connection.
    Raw(Vec<u8>),
    /// These bytes, then silence on an open connection.
    RawThenHang(Vec<u8>),
    /// These bytes, then a closed connection.
    RawThenClose(Vec<u8>),
}

impl Script {
    /// A whole answer with a length.
    pub(crate) fn answer(status: &str, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self::Raw(format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n{body}").into_bytes())
    }
}

/// A listening socket and the requests it got; closes when dropped.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    _tasks: JoinSet<()>,
}

/// What arrived.
#[derive(Debug, Default, Clone)]
pub(crate) struct Seen {
    pub(crate) connections: usize,
    /// Head and body of each request.
    pub(crate) requests: Vec<(String, Vec<u8>)>,
}

impl Receiver {
    pub(crate) async fn start(script: Script) -> Self {
        Self::on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap(), script)
    }

    pub(crate) fn on(listener: TcpListener, script: Script) -> Self {
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, script, Arc::clone(&seen)));
        Self { address, seen, _tasks: tasks }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    pub(crate) fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }
}

async fn accept(listener: TcpListener, script: Script, seen: Arc<Mutex<Seen>>) {
    let mut open = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        seen.lock().unwrap().connections += 1;
        open.spawn(converse(stream, script.clone(), Arc::clone(&seen)));
    }
}

async fn converse(mut stream: TcpStream, script: Script, seen: Arc<Mutex<Seen>>) {
    let mut buffer = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut buffer).await {
        seen.lock().unwrap().requests.push(request);
        let (Script::Raw(bytes) | Script::RawThenHang(bytes) | Script::RawThenClose(bytes)) = &script;
        if stream.write_all(bytes).await.is_err() || matches!(script, Script::RawThenClose(_)) {
            return;
        }
        if matches!(script, Script::RawThenHang(_)) {
            std::future::pending::<()>().await;
        }
    }
}

async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<(String, Vec<u8>)> {
    loop {
        if let Some(end) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
            if buffer.len() >= end + 4 + length {
                let body = buffer[end + 4..end + 4 + length].to_vec();
                buffer.drain(..end + 4 + length);
                return Some((head, body));
            }
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}

/// Names with the addresses they have at each look-up in turn; the last stays.
#[derive(Default)]
pub(crate) struct Names {
    answers: Mutex<HashMap<String, VecDeque<Vec<IpAddr>>>>,
    lookups: Mutex<usize>,
}

impl Names {
    pub(crate) fn of(name: &str, turns: &[&[&str]]) -> Arc<Self> {
        let parse = |turn: &&[&str]| turn.iter().map(|address| address.parse().unwrap()).collect();
        let answers = HashMap::from([(name.to_owned(), turns.iter().map(parse).collect())]);
        Arc::new(Self { answers: Mutex::new(answers), lookups: Mutex::new(0) })
    }

    pub(crate) fn lookups(&self) -> usize {
        *self.lookups.lock().unwrap()
    }
}

#[async_trait]
impl NameLookup for Names {
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        *self.lookups.lock().unwrap() += 1;
        let mut answers = self.answers.lock().unwrap();
        let turns = answers.get_mut(name).ok_or_else(|| io::Error::other("no such name"))?;
        let next = turns.front().cloned().unwrap_or_default();
        if turns.len() > 1 {
            turns.pop_front();
        }
        Ok(next)
    }
}

/// A clock that stands still.
pub(crate) struct Still(pub(crate) i64);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp(self.0)
    }
}

/// Chooses the TLS provider, as `main` does; the first caller of a process wins.
pub(crate) fn install_tls() {
    drop(rustls::crypto::ring::default_provider().install_default());
}
