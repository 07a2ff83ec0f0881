//! Traces to an OpenTelemetry collector, over HTTP.

use crate::settings::CollectorUrl;
use opentelemetry::{KeyValue, trace::TracerProvider as _};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{
    Resource,
    runtime::Tokio,
    trace::{SdkTracerProvider, span_processor_with_async_runtime::BatchSpanProcessor},
};
use std::time::Duration;
use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{Layer, filter::Targets, registry::LookupSpan};

/// How long the collector may take.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the end of the process waits for the last traces.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(2);
/// What carries the traces must not make traces of its own: they would never end.
const CARRIERS: [&str; 6] = ["h2", "hyper", "hyper_util", "opentelemetry", "reqwest", "rustls"];

/// The running export.
pub(super) struct Traces(SdkTracerProvider);

impl Traces {
    /// Starts to export in the background of the present runtime.
    pub(super) fn to(collector: &CollectorUrl, node: &str) -> anyhow::Result<Self> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client()?)
            .with_endpoint(collector.traces())
            .with_timeout(EXPORT_TIMEOUT)
            .build()?;
        let provider = SdkTracerProvider::builder()
            .with_resource(resource(node))
            .with_span_processor(BatchSpanProcessor::builder(exporter, Tokio).build())
            .build();
        Ok(Self(provider))
    }

    /// The layer that turns spans into traces, for the same parts and levels as the log.
    pub(super) fn layer<S>(&self, levels: &Targets) -> Box<dyn Layer<S> + Send + Sync>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        let carriers = CARRIERS.map(|name| (name, LevelFilter::OFF));
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("wagate"))
            .with_filter(levels.clone().with_targets(carriers))
            .boxed()
    }

    /// Sends what waits. A collector that does not answer holds nothing up for long.
    pub(super) async fn flush(self) {
        let ended = tokio::task::spawn_blocking(move || self.0.shutdown());
        match tokio::time::timeout(FLUSH_TIMEOUT, ended).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => tracing::warn!(%error, "the last traces were not sent"),
            Ok(Err(error)) => tracing::warn!(%error, "the last traces were not sent"),
            Err(_) => tracing::warn!("the collector did not take the last traces in time"),
        }
    }
}

fn client() -> anyhow::Result<reqwest::Client> {
    #[expect(clippy::disallowed_methods, reason = "the collector is the operator's own: no SSRF guard is due")]
    let client = reqwest::Client::builder();
    Ok(client.timeout(EXPORT_TIMEOUT).redirect(reqwest::redirect::Policy::none()).build()?)
}

fn resource(node: &str) -> Resource {
    Resource::builder()
        .with_service_name("wagate")
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_attribute(KeyValue::new("service.instance.id", node.to_owned()))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Router, body::Bytes, http::Uri, routing::post};
    use tokio::{net::TcpListener, sync::mpsc, task::JoinSet};
    use tracing_subscriber::layer::SubscriberExt as _;

    #[tokio::test(flavor = "multi_thread")]
    async fn what_waits_at_the_end_reaches_the_collector() {
        crate::tls::install_provider();
        let (posted, mut posts) = mpsc::unbounded_channel();
        let take = move |uri: Uri, body: Bytes| async move {
            posted.send((uri.to_string(), body)).unwrap();
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut server = JoinSet::new();
        server.spawn(axum::serve(listener, Router::new().route("/v1/traces", post(take))).into_future());

        let traces = Traces::to(&url.parse().unwrap(), "node_1").unwrap();
        let subscriber = tracing_subscriber::registry().with(traces.layer(&"info".parse().unwrap()));
        tracing::subscriber::with_default(subscriber, || {
            tracing::info_span!("a_request", request_id = "req_1").in_scope(|| ());
            tracing::debug_span!("too_fine").in_scope(|| ());
        });
        traces.flush().await;

        let (path, body) = posts.recv().await.unwrap();
        let body = String::from_utf8_lossy(&body);
        assert_eq!(path, "/v1/traces");
        for part in ["a_request", "req_1", "wagate", "node_1"] {
            assert!(body.contains(part), "`{part}` is not in {body}");
        }
        assert!(!body.contains("too_fine"), "{body}");
    }
}
