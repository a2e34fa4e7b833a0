//! Log lines: JSON or text on standard error, with the fields of the spans they happened in.

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{FilterFn, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{EnvFilter, Layer};

use crate::{LogFormat, TelemetryError};

/// The operator's filter.
pub(crate) fn filter(directives: &str) -> Result<EnvFilter, TelemetryError> {
    EnvFilter::builder()
        .parse(directives)
        .map_err(|error| TelemetryError::Filter(error.to_string()))
}

/// Keeps foreign crates at INFO and above whatever the operator's filter says: below that
/// they quote statements, headers and bodies, which hold personal data.
pub(crate) fn guard() -> FilterFn<fn(&Metadata<'_>) -> bool> {
    filter_fn(may_speak)
}

fn may_speak(metadata: &Metadata<'_>) -> bool {
    let target = metadata.target();
    if target.starts_with("medilink") {
        return true;
    }
    // The driver logs server notices at INFO, and those can quote a row.
    let least = if target.starts_with("tokio_postgres") || target.starts_with("sqlx") {
        Level::WARN
    } else {
        Level::INFO
    };
    *metadata.level() <= least
}

/// The layer that writes the lines.
pub(crate) fn layer<S, W>(format: LogFormat, writer: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let layer = tracing_subscriber::fmt::layer().with_writer(writer);
    match format {
        LogFormat::Json => layer
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(true)
            .boxed(),
        LogFormat::Plain => layer
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .boxed(),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    /// A writer that remembers what was written to it.
    #[derive(Clone, Default)]
    pub(crate) struct Memory(Arc<Mutex<Vec<u8>>>);

    impl Memory {
        pub(crate) fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    pub(crate) fn logging(directives: &str, act: impl FnOnce()) -> String {
        let memory = Memory::default();
        let writer = memory.clone();
        let subscriber = tracing_subscriber::registry()
            .with(filter(directives).unwrap())
            .with(guard())
            .with(layer(LogFormat::Json, move || writer.clone()));
        tracing::subscriber::with_default(subscriber, act);
        memory.text()
    }

    #[test]
    fn a_line_is_json_with_the_fields_of_its_spans() {
        let text = logging("info", || {
            let span = tracing::info_span!("request", request_id = "r-1");
            let _entered = span.enter();
            tracing::info!(target: "medilink_test", events = 3, "appended");
        });
        let line: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
        assert_eq!(line["message"], "appended");
        assert_eq!(line["events"], 3);
        assert_eq!(line["spans"][0]["request_id"], "r-1");
    }

    #[test]
    fn other_crates_cannot_log_below_info_even_when_asked_to() {
        let text = logging("trace", || {
            tracing::debug!(target: "hyper::proto", "header: Bearer secret");
            tracing::info!(target: "tokio_postgres", "NOTICE quoting a row");
            tracing::debug!(target: "medilink_log", "ours");
            tracing::warn!(target: "tokio_postgres", "connection lost");
        });
        assert!(!text.contains("secret") && !text.contains("NOTICE"));
        assert!(text.contains("ours") && text.contains("connection lost"));
    }

    #[test]
    fn a_filter_that_cannot_be_read_says_how_to_write_it() {
        let error = filter("info,=nonsense=").unwrap_err();
        assert!(error.to_string().contains("medilink_log=debug"));
    }
}
