//! What a process tells about itself: log lines, metrics, traces, and panics among the log lines.

mod logs;
pub mod metrics;
mod panics;
mod traces;

use crate::settings::Settings;
use metrics_exporter_prometheus::PrometheusHandle;
use std::fmt;
use traces::Traces;
use tracing_subscriber::{layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// What was installed for the whole process; shut it down before the process ends.
pub struct Telemetry {
    metrics: PrometheusHandle,
    traces: Option<Traces>,
}

impl Telemetry {
    /// Installs logs, metrics, traces (where a collector is set) and the panic hook. `node` names this
    /// process in traces. Needs a Tokio runtime; fails when called twice in a process.
    pub fn install(settings: &Settings, node: &str) -> anyhow::Result<Self> {
        let traces = settings.otlp_endpoint.0.as_ref().map(|url| Traces::to(url, node)).transpose()?;
        let exported = traces.as_ref().map(|traces| traces.layer(&settings.log_level));
        let written = logs::layer(settings.log_format, settings.log_level.clone());
        tracing_subscriber::registry().with(written).with(exported).try_init()?;
        panics::log();
        Ok(Self { metrics: metrics::install()?, traces })
    }

    /// Log lines alone, for commands that end by themselves.
    pub fn install_logs(settings: &Settings) -> anyhow::Result<()> {
        let written = logs::layer(settings.log_format, settings.log_level.clone());
        tracing_subscriber::registry().with(written).try_init()?;
        panics::log();
        Ok(())
    }

    /// What the metrics' listener answers from.
    pub fn metrics(&self) -> &PrometheusHandle {
        &self.metrics
    }

    /// Sends the traces that still wait, for at most two seconds.
    pub async fn shut_down(self) {
        if let Some(traces) = self.traces {
            traces.flush().await;
        }
    }
}

impl fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telemetry").field("traces", &self.traces.is_some()).finish_non_exhaustive()
    }
}
