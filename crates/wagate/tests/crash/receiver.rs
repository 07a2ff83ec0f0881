//! A customer's endpoint, which outlives the gateway's crashes and forgets nothing.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{net::TcpListener, task::JoinSet};

/// One in so many deliveries is refused the first time.
const REFUSES_ONE_IN: usize = 101;

/// What came with one id.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) body: Bytes,
    pub(crate) times: u32,
    /// Whether a repeat had other bytes.
    pub(crate) has_changed: bool,
    is_taken: bool,
}

type Kept = Arc<Mutex<HashMap<String, Received>>>;

/// The endpoint; dropping it ends it.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    kept: Kept,
    _task: JoinSet<()>,
}

impl Receiver {
    pub(crate) async fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, kept) = (listener.local_addr().unwrap(), Kept::default());
        let router = Router::new().route("/hook", post(receive)).with_state(kept.clone());
        let mut task = JoinSet::new();
        task.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, kept, _task: task }
    }

    /// Looks at all that came.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&HashMap<String, Received>) -> T) -> T {
        look(&self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether a delivery with this id was answered with success.
    pub(crate) fn has_taken(&self, id: &str) -> bool {
        self.look(|kept| kept.get(id).is_some_and(|received| received.is_taken))
    }
}

async fn receive(State(kept): State<Kept>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let id = headers["webhook-id"].to_str().unwrap().to_owned();
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    let is_refused = kept.len() % REFUSES_ONE_IN == REFUSES_ONE_IN - 1 && !kept.contains_key(&id);
    let received = kept.entry(id).or_insert_with(|| Received {
        body: body.clone(),
        times: 0,
        has_changed: false,
        is_taken: false,
    });
    received.times += 1;
    received.has_changed |= received.body != body;
    received.is_taken |= !is_refused;
    if is_refused { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK }
}
