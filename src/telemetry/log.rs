//! The log: one line an event, to stderr.

use super::{LineSink, NoteForm, panics};
use crate::config::{LogFormat, LogSettings};
use std::{
    fmt,
    io::{self, IsTerminal},
    sync::Arc,
};
use tracing::{Dispatch, subscriber::SetGlobalDefaultError};
use tracing_subscriber::{
    EnvFilter,
    filter::ParseError,
    fmt::{MakeWriter, Subscriber},
    reload::Handle,
};

/// The log cannot be set up. No log was taken into use.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter in the settings is no filter.
    #[error("log.filter '{filter}' is not a filter like 'info' or 'ideogate=debug'")]
    Filter {
        /// What the settings say.
        filter: Box<str>,
        /// What is wrong with it.
        source: ParseError,
    },
    /// It was set up before.
    #[error("the log is already set up")]
    Again(#[from] SetGlobalDefaultError),
}

/// Sends the log of this process to `stderr`, as the settings say, and what panics say as well. Stdout
/// is left to data. Nobody who logs ever waits for whoever reads it.
///
/// Once for the whole process; the second time fails with [`TelemetryError::Again`]. Colours are
/// used only where stderr is a terminal. What is logged before goes nowhere. The filter can be changed by what is
/// returned, the form of the lines cannot.
pub fn init(log: &LogSettings, stderr: &LineSink) -> Result<LogHandle, TelemetryError> {
    let is_terminal = io::stderr().is_terminal();
    stderr.set_form(NoteForm::Log(log.format));
    let (dispatch, handle) = dispatch(log, is_terminal, stderr.clone())?;
    tracing::dispatcher::set_global_default(dispatch)?;
    // Only now: what panics say would otherwise go to a log that is not there, and nowhere else.
    panics::log_them();
    Ok(handle)
}

/// Returns a log that writes to `writer`, without taking the process's into use.
pub(super) fn dispatch<W>(
    log: &LogSettings,
    in_colour: bool,
    writer: W,
) -> Result<(Dispatch, LogHandle), TelemetryError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = filter(&log.filter)?;
    let lines = Subscriber::builder().with_env_filter(filter).with_writer(writer);
    // The library would tell of its troubles on stderr by itself, and wait for its reader.
    let lines = lines.log_internal_errors(false);
    // The filter is the one of the whole log: one of a single layer cannot be replaced without a panic.
    Ok(match log.format {
        LogFormat::Text => {
            let lines = lines.with_ansi(in_colour).with_target(false).with_filter_reloading();
            let handle = LogHandle::of(lines.reload_handle());
            (lines.finish().into(), handle)
        }
        LogFormat::Json => {
            let lines = lines.json().flatten_event(true).with_span_list(false);
            let lines = lines.with_filter_reloading();
            let handle = LogHandle::of(lines.reload_handle());
            (lines.finish().into(), handle)
        }
    })
}

fn filter(text: &str) -> Result<EnvFilter, TelemetryError> {
    EnvFilter::try_new(text)
        .map_err(|source| TelemetryError::Filter { filter: text.into(), source })
}

/// Changes what is logged; clones change the same log.
#[derive(Clone)]
pub struct LogHandle(Arc<dyn Fn(EnvFilter) + Send + Sync>);

impl LogHandle {
    fn of<S: 'static>(handle: Handle<EnvFilter, S>) -> Self {
        Self(Arc::new(move |filter| {
            // It fails where the log is gone, and then nobody misses the filter.
            handle.reload(filter).ok();
        }))
    }

    /// Takes another filter; what is no filter changes nothing.
    pub fn set_filter(&self, text: &str) -> Result<(), TelemetryError> {
        (self.0)(filter(text)?);
        Ok(())
    }
}

impl fmt::Debug for LogHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogHandle")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(filter: &str, format: LogFormat) -> String {
        let paper = Paper::default();
        let writer = paper.clone();
        let log = LogSettings { filter: filter.into(), format };
        let (dispatch, _) = dispatch(&log, false, move || writer.clone()).unwrap();
        tracing::dispatcher::with_default(&dispatch, || {
            let span = tracing::info_span!("request", request.id = "req_1");
            span.in_scope(|| tracing::info!(status = 200, "answered"));
            tracing::debug!("a detail");
        });
        let bytes = paper.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_json_line_has_the_event_and_the_request_it_belongs_to() {
        let text = logged("info", LogFormat::Json);
        assert_eq!(text.lines().count(), 1, "{text}");
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&line["message"], &line["status"]), (&"answered".into(), &200.into()));
        assert_eq!(line["span"]["request.id"], "req_1");
    }

    #[test]
    fn a_text_line_has_the_event_and_the_request_it_belongs_to() {
        let text = logged("debug", LogFormat::Text);
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(text.contains(r#"request{request.id="req_1"}: answered status=200"#), "{text}");
    }

    #[test]
    fn another_filter_is_in_force_at_once_and_a_wrong_one_changes_nothing() {
        for format in [LogFormat::Text, LogFormat::Json] {
            let paper = Paper::default();
            let writer = paper.clone();
            let log = LogSettings { filter: "info".into(), format };
            let (dispatch, handle) = dispatch(&log, false, move || writer.clone()).unwrap();
            tracing::dispatcher::with_default(&dispatch, || {
                tracing::debug!("one detail");
                handle.set_filter("debug").unwrap();
                tracing::debug!("another detail");
                handle.set_filter("ideogate=loud").unwrap_err();
                tracing::debug!("a third detail");
            });
            let text = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
            assert!(!text.contains("one detail"), "{text}");
            assert!(text.contains("another detail") && text.contains("a third detail"), "{text}");
        }
    }

    #[test]
    fn a_filter_that_is_none_is_refused() {
        let log = LogSettings { filter: "ideogate=loud".into(), format: LogFormat::Text };
        let error = dispatch(&log, false, io::sink).unwrap_err();
        assert!(error.to_string().starts_with("log.filter 'ideogate=loud'"));
    }
}
