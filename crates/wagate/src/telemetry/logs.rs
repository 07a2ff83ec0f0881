//! Log lines on stderr. The filter is `Targets`: levels by module, no expressions over fields.

use crate::settings::LogFormat;
use std::io::{self, IsTerminal as _};
use tracing::Subscriber;
use tracing_subscriber::{
    Layer,
    filter::Targets,
    fmt::{self, MakeWriter},
    registry::LookupSpan,
};

/// The layer that writes to stderr.
pub(super) fn layer<S>(format: LogFormat, levels: Targets) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    layer_to(format, levels, io::stderr().is_terminal(), io::stderr)
}

fn layer_to<S, W>(format: LogFormat, levels: Targets, colours: bool, writer: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    match format {
        LogFormat::Pretty => fmt::layer().with_ansi(colours).with_writer(writer).with_filter(levels).boxed(),
        // The whole list of spans and not the innermost alone: the request's id stands in the outermost.
        LogFormat::Json => fmt::layer()
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(true)
            .with_writer(writer)
            .with_filter(levels)
            .boxed(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex, PoisonError};
    use tracing_subscriber::layer::SubscriberExt as _;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn lines_of(format: LogFormat, levels: &str, act: impl FnOnce()) -> Vec<String> {
        let written = Written::default();
        let writer = written.clone();
        let layer = layer_to(format, levels.parse().unwrap(), false, move || writer.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), act);
        let bytes = written.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap().lines().map(ToOwned::to_owned).collect()
    }

    #[test]
    fn a_json_line_carries_the_request_id_of_an_outer_span() {
        let lines = lines_of(LogFormat::Json, "info", || {
            let _request = tracing::info_span!("request", request_id = "req_1").entered();
            let _statement = tracing::info_span!("statement").entered();
            tracing::info!(rows = 3, "stored");
        });
        let line: serde_json::Value = serde_json::from_str(&lines[0]).unwrap();
        assert_eq!(lines.len(), 1);
        assert_eq!(line["message"], "stored");
        assert_eq!(line["rows"], 3);
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["spans"][0]["request_id"], "req_1");
    }

    #[test]
    fn levels_are_set_by_part() {
        let lines = lines_of(LogFormat::Pretty, "warn,wagate_store=debug", || {
            tracing::info!(target: "wagate_http", "left out");
            tracing::debug!(target: "wagate_store::claim", "kept");
        });
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].contains("wagate_store::claim: kept"), "{lines:?}");
    }
}
