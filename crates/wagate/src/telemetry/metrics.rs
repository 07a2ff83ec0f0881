//! Metrics for Prometheus, on a listener of their own that asks for no credential.

use axum::{Router, extract::State, http::header::CONTENT_TYPE, response::IntoResponse, routing::get};
use metrics::{Unit, describe_histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::{io, time::Duration};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How often samples are folded into their buckets, so that they do not pile up unread.
const UPKEEP: Duration = Duration::from_secs(5);
/// The format that Prometheus reads.
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A histogram's name, what it measures, and the upper bounds of its buckets in seconds.
struct Histogram {
    name: &'static str,
    meaning: &'static str,
    bounds: &'static [f64],
}

const HISTOGRAMS: [Histogram; 4] = [
    Histogram {
        name: "accept_seconds",
        meaning: "From a message's arrival over HTTP to its commit",
        bounds: &[0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0],
    },
    Histogram {
        name: "queue_wait_seconds",
        meaning: "From the moment a message is due to the start of an attempt",
        bounds: &[0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0, 7200.0],
    },
    Histogram {
        name: "send_seconds",
        meaning: "One attempt to hand a message to the network",
        bounds: &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 60.0],
    },
    Histogram {
        name: "webhook_seconds",
        meaning: "One attempt to deliver a webhook",
        bounds: &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0],
    },
];

/// Makes the process's recorder.
pub(super) fn install() -> anyhow::Result<PrometheusHandle> {
    let handle = builder()?.install_recorder()?;
    for histogram in HISTOGRAMS {
        describe_histogram!(histogram.name, Unit::Seconds, histogram.meaning);
    }
    Ok(handle)
}

fn builder() -> Result<PrometheusBuilder, BuildError> {
    HISTOGRAMS.iter().try_fold(PrometheusBuilder::new(), |builder, histogram| {
        builder.set_buckets_for_metric(Matcher::Full(histogram.name.to_owned()), histogram.bounds)
    })
}

/// `GET /metrics`.
pub fn router(handle: PrometheusHandle) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state(handle)
}

async fn metrics(State(handle): State<PrometheusHandle>) -> impl IntoResponse {
    ([(CONTENT_TYPE, TEXT_FORMAT)], handle.render())
}

/// Answers on `listener` until `stop`.
pub async fn serve(listener: TcpListener, handle: PrometheusHandle, stop: CancellationToken) -> io::Result<()> {
    tracing::info!(address = %listener.local_addr()?, "metrics are at /metrics");
    axum::serve(listener, router(handle)).with_graceful_shutdown(stop.cancelled_owned()).await
}

/// Keeps the recorder small until `stop`, whether anybody reads the metrics or not.
pub async fn keep_up(handle: PrometheusHandle, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(UPKEEP)).await.is_some() {
        handle.run_upkeep();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    #[tokio::test]
    async fn metrics_are_read_over_http_with_the_named_buckets() {
        let recorder = builder().unwrap().build_recorder();
        metrics::with_local_recorder(&recorder, || {
            metrics::histogram!("send_seconds").record(0.3);
            metrics::counter!("sends_total", "outcome" => "sent").increment(2);
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let (answer, served) = tokio::join!(ask(address, stop.clone()), serve(listener, recorder.handle(), stop));
        served.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains("content-type: text/plain; version=0.0.4"), "{answer}");
        assert!(answer.contains("sends_total{outcome=\"sent\"} 2"), "{answer}");
        assert!(answer.contains("send_seconds_bucket{le=\"0.25\"} 0"), "{answer}");
        assert!(answer.contains("send_seconds_bucket{le=\"0.5\"} 1"), "{answer}");
    }

    async fn ask(address: std::net::SocketAddr, stop: CancellationToken) -> String {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        stop.cancel();
        answer
    }
}
