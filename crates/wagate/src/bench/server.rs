//! `wagate bench-server`: the gateway that is measured, in a process of its own.
//!
//! It is wired as `wagate serve` is, with two routes more: the handler that an accept is compared with,
//! once among the API's own routes and once without what stands around these. Its first line on stdout says where it
//! listens and with which key; it ends when its standard input does.

use crate::{
    commands::dev::master_keys,
    exit::Failure,
    print,
    runtime::block_on,
    server::Server,
    settings::Settings,
    telemetry::Telemetry,
    wiring::{Gateway, take_node},
};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{io::Read as _, net::SocketAddr, path::Path};
use wagate_engine::{
    Engine,
    keys::NewKey,
    operator::{NewWorkspace, OperatorCall},
};
use wagate_model::{Mode, Tier, tier::LimitOverrides};

/// The file in the data directory that keeps the key for the next start.
const KEY_FILE: &str = "bench-api-key";

/// What the server says first.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Hello {
    /// Where it listens.
    pub(super) address: SocketAddr,
    /// A key for everything.
    pub(super) key: String,
}

/// Runs until standard input ends.
pub fn run(settings: &Settings) -> Result<(), Failure> {
    let (locks, node) = take_node(settings)?;
    let keys = master_keys(settings, rand::random())?;
    block_on(async {
        let telemetry = Telemetry::install(settings, &node.to_string())?;
        let gateway = Gateway::open(settings, &keys, locks, node).await?;
        let server = Server::bind(settings, gateway, telemetry).await?;
        let engine = server.gateway().engine.clone();
        engine.run();
        let hello = Hello { address: server.address()?, key: key(&engine, &settings.data).await? };
        print::line(&serde_json::to_string(&hello)?)?;
        let stop = server.stopper();
        std::thread::spawn(move || {
            // Whatever ends the reading: nobody is there any more.
            std::io::stdin().read_to_end(&mut Vec::new()).ok();
            stop.cancel();
        });
        let noop = wagate_http::taking_messages("/bench/noop", engine.clone());
        let bare = Router::new().route("/bench/bare", post(bare)).with_state(engine);
        server.with_routes(noop, bare).run(settings).await
    })??;
    Ok(())
}

/// What an accept is compared with at the other end: it parses JSON, authenticates the same key, and
/// does nothing.
async fn bare(State(engine): State<Engine>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let key = headers.get("x-api-key").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_known = engine.authenticate(key, engine.new_id()).await.is_ok();
    let is_json = serde_json::from_slice::<Map<String, Value>>(&body).is_ok();
    if is_known && is_json { StatusCode::ACCEPTED } else { StatusCode::UNAUTHORIZED }
}

/// The key of an earlier start, or that of a new workspace without limits that matter.
async fn key(engine: &Engine, data: &Path) -> anyhow::Result<String> {
    let path = data.join(KEY_FILE);
    if let Ok(kept) = std::fs::read_to_string(&path) {
        return Ok(kept);
    }
    let call = OperatorCall { request_id: engine.new_id() };
    let overrides = LimitOverrides {
        accounts: Some(1_000_000),
        requests_per_minute: Some(u32::MAX),
        messages_per_day: Some(u32::MAX),
        endpoints: Some(1_000),
        ..LimitOverrides::default()
    };
    let new = NewWorkspace { name: "Benchmark".to_owned(), tier: Tier::Enterprise, overrides };
    let workspace = engine.operator_create_workspace(&call, new).await?;
    let new = NewKey { name: "Benchmark".to_owned(), scopes: None, account_ids: None, expires_at: None };
    let created = engine.operator_create_key(&call, workspace.id, Mode::Test, new).await?;
    let key = created.secret.expose().to_owned();
    std::fs::write(&path, &key)?;
    Ok(key)
}
