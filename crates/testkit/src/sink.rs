//! A customer's webhook receiver: it keeps what came, and answers as the story wants.

use crate::wait::eventually;
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse as _, Response},
};
use serde_json::Value;
use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpSocket},
    sync::watch,
    task::JoinSet,
};

/// How a receiver answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// 200.
    Ok,
    /// This status.
    Status(u16),
    /// This status, with a header.
    With(u16, &'static str, &'static str),
    /// 200, after this long.
    Slow(Duration),
    /// Nothing, until [`Sink::release`].
    Hang,
}

/// A request that came.
#[derive(Debug, Clone)]
pub struct Received {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body's exact bytes.
    pub body: Bytes,
}

impl Received {
    /// The body.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// A header's text.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).unwrap_or_else(|| panic!("the delivery has no `{name}`"));
        value.to_str().unwrap()
    }
}

#[derive(Debug)]
struct Desk {
    received: Mutex<Vec<Received>>,
    next: Mutex<VecDeque<Reply>>,
    usual: Mutex<Reply>,
    held: watch::Sender<usize>,
    /// Grows when those who hang are let go.
    release: watch::Sender<u64>,
}

/// The receiver. Dropping it closes it.
#[derive(Debug)]
pub struct Sink {
    address: SocketAddr,
    desk: Arc<Desk>,
    /// Keeps the port without listening on it.
    _closed: Option<TcpSocket>,
    _server: JoinSet<()>,
}

impl Sink {
    /// A receiver that takes everything.
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let desk = Arc::new(Desk::new());
        let router = Router::new().fallback(take).with_state(desk.clone());
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, desk, _closed: None, _server: server }
    }

    /// A receiver that answers everything in this way.
    pub async fn that(usual: Reply) -> Self {
        let sink = Self::open().await;
        sink.answers(usual);
        sink
    }

    /// An address at which nobody listens.
    pub fn refusing() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let address = socket.local_addr().unwrap();
        Self { address, desk: Arc::new(Desk::new()), _closed: Some(socket), _server: JoinSet::new() }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// Answers everything in this way from now on.
    pub fn answers(&self, usual: Reply) {
        *self.desk.usual.lock().unwrap() = usual;
    }

    /// Answers the next requests in these ways, one each, and then as usual.
    pub fn answers_next(&self, replies: impl IntoIterator<Item = Reply>) {
        self.desk.next.lock().unwrap().extend(replies);
    }

    /// Lets go whoever hangs, with 200.
    pub fn release(&self) {
        self.desk.release.send_modify(|times| *times += 1);
    }

    /// How many requests hang.
    pub fn holds(&self) -> usize {
        *self.desk.held.borrow()
    }

    /// What came so far, in order.
    pub fn received(&self) -> Vec<Received> {
        self.seen().clone()
    }

    /// What came of one type of event, by order of arrival.
    pub fn received_of(&self, event_type: &str) -> Vec<Received> {
        self.received().into_iter().filter(|received| received.json()["type"] == event_type).collect()
    }

    /// Waits until something came for which `is_it` holds.
    pub async fn gets(&self, what: &str, is_it: impl Fn(&Received) -> bool) -> Received {
        eventually(what, async || {
            let received = self.received();
            let came: Vec<_> = received.iter().map(|received| received.json()["type"].to_string()).collect();
            received.into_iter().find(|received| is_it(received)).ok_or(format!("these came: {came:?}"))
        })
        .await
    }

    /// Waits until this many requests came; answers all that did.
    pub async fn has_got(&self, count: usize) -> Vec<Received> {
        eventually(&format!("{count} deliveries"), async || {
            let received = self.received();
            if received.len() >= count { Ok(received) } else { Err(format!("{} came", received.len())) }
        })
        .await
    }

    fn seen(&self) -> MutexGuard<'_, Vec<Received>> {
        self.desk.received.lock().unwrap()
    }
}

impl Desk {
    fn new() -> Self {
        Self {
            received: Mutex::default(),
            next: Mutex::default(),
            usual: Mutex::new(Reply::Ok),
            held: watch::channel(0).0,
            release: watch::channel(0).0,
        }
    }

    fn reply(&self) -> Reply {
        let next = self.next.lock().unwrap().pop_front();
        next.unwrap_or_else(|| self.usual.lock().unwrap().clone())
    }
}

async fn take(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: Bytes) -> Response {
    let mut release = desk.release.subscribe();
    release.mark_unchanged();
    let reply = desk.reply();
    desk.received.lock().unwrap().push(Received { headers, body });
    match reply {
        Reply::Ok => StatusCode::OK.into_response(),
        Reply::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Reply::With(status, name, value) => {
            let header = (HeaderName::from_static(name), HeaderValue::from_static(value));
            (StatusCode::from_u16(status).unwrap(), [header]).into_response()
        }
        Reply::Slow(time) => {
            tokio::time::sleep(time).await;
            StatusCode::OK.into_response()
        }
        Reply::Hang => {
            let _held = Held::new(&desk);
            // The desk lives as long as this request.
            release.changed().await.unwrap();
            StatusCode::OK.into_response()
        }
    }
}

/// Counts a request that hangs, until it is let go or its sender gives up.
struct Held<'a>(&'a Desk);

impl<'a> Held<'a> {
    fn new(desk: &'a Desk) -> Self {
        desk.held.send_modify(|held| *held += 1);
        Self(desk)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.held.send_modify(|held| *held -= 1);
    }
}
