//! A gateway that serves: its listeners, and how it stops.

use crate::{
    settings::Settings,
    signals::StopSignals,
    telemetry::{Telemetry, metrics},
    wiring::Gateway,
};
use anyhow::Context as _;
use axum::{Router, serve::ListenerExt as _};
use socket2::SockRef;
use std::{net::SocketAddr, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use wagate_http::HttpParts;

/// How long requests under way may take to end when the gateway stops.
const REQUESTS_END_WITHIN: Duration = Duration::from_secs(3);

/// How long a connection may take nothing of what is written to it.
const STUCK_AFTER: Duration = Duration::from_secs(30);

/// What releasing leases and sending the last traces may take after that.
const LAST_STEPS: Duration = Duration::from_secs(2);

/// A bound gateway. Nothing runs before [`Server::run`].
pub struct Server {
    gateway: Gateway,
    listener: TcpListener,
    metrics: Option<TcpListener>,
    telemetry: Telemetry,
    stop: CancellationToken,
    inside: Router,
    outside: Router,
}

impl Server {
    /// Binds the addresses of the settings.
    pub async fn bind(settings: &Settings, gateway: Gateway, telemetry: Telemetry) -> anyhow::Result<Self> {
        let listener = bind(settings.listen, "listen").await?;
        let metrics = match settings.metrics_listen.0 {
            Some(address) => Some(bind(address, "metrics-listen").await?),
            None => None,
        };
        Ok(Self {
            gateway,
            listener,
            metrics,
            telemetry,
            stop: CancellationToken::new(),
            inside: Router::new(),
            outside: Router::new(),
        })
    }

    /// Serves more routes: those `inside` what stands around the API's own, and those `outside` of it.
    #[must_use]
    pub fn with_routes(self, inside: Router, outside: Router) -> Self {
        Self { inside, outside, ..self }
    }

    /// Cancel it to stop, as a signal does.
    pub fn stopper(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Where the REST API listens.
    pub fn address(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    /// The gateway inside.
    pub const fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// Serves until a signal asks to stop; then finishes what is in flight.
    pub async fn run(self, settings: &Settings) -> anyhow::Result<()> {
        let stop = self.stop.clone();
        let mut tasks = JoinSet::new();
        tasks.spawn(StopSignals::listen()?.cancel(stop.clone()));
        tasks.spawn(metrics::keep_up(self.telemetry.metrics().clone(), stop.clone()));
        if let Some(listener) = self.metrics {
            let served = metrics::serve(listener, self.telemetry.metrics().clone(), stop.clone());
            tasks.spawn(async move {
                served.await.unwrap_or_else(|error| tracing::error!(%error, "metrics are not served"));
            });
        }
        let parts = HttpParts {
            engine: self.gateway.engine.clone(),
            operator_token: settings.operator_token.0.as_ref().map(|token| token.0.clone()),
            trusted_proxies: settings.trusted_proxies.0.clone(),
            body_limit: settings.request_body_limit as usize,
        };
        let router = wagate_http::router_with(parts, self.inside).merge(self.outside);
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tracing::info!(address = %self.listener.local_addr()?, "the gateway serves");
        let (stopping, engine) = (stop.clone(), self.gateway.engine.clone());
        let graceful = async move {
            stopping.cancelled().await;
            engine.close_feeds();
        };
        let listener = self.listener.tap_io(|connection| end_when_stuck(connection));
        let served = axum::serve(listener, service).with_graceful_shutdown(graceful).into_future();
        let cut = async {
            stop.cancelled().await;
            tokio::time::sleep(REQUESTS_END_WITHIN).await;
        };
        let result = tokio::select! {
            served = served => served.context("the REST API cannot be served"),
            () = cut => Ok(()),
        };
        let left =
            Duration::from_secs(settings.shutdown_seconds.into()).saturating_sub(REQUESTS_END_WITHIN + LAST_STEPS);
        self.gateway.stop(left.max(Duration::from_secs(1))).await;
        self.telemetry.shut_down().await;
        tracing::info!("stopped");
        result
    }
}

/// Lets the system end the connection of whoever takes nothing of what is answered: a reader of the live
/// feed would hold its place, and what was written to it, for ever.
fn end_when_stuck(connection: &TcpStream) {
    if let Err(error) = SockRef::from(connection).set_tcp_user_timeout(Some(STUCK_AFTER)) {
        tracing::debug!(%error, "a connection that is stuck will not be ended");
    }
}

async fn bind(address: SocketAddr, setting: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address} (`{setting}`)"))
}
