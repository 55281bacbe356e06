//! The log: one line an event, to stderr.

use super::{LineSink, NoteForm, panics};
use crate::config::{LogFormat, LogSettings};
use std::io::{self, IsTerminal};
use tracing::{Dispatch, subscriber::SetGlobalDefaultError};
use tracing_subscriber::{
    EnvFilter,
    filter::ParseError,
    fmt::{MakeWriter, Subscriber},
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
/// used only where stderr is a terminal. What is logged before goes nowhere.
pub fn init(log: &LogSettings, stderr: &LineSink) -> Result<(), TelemetryError> {
    let is_terminal = io::stderr().is_terminal();
    stderr.set_form(NoteForm::Log(log.format));
    let dispatch = dispatch(log, is_terminal, stderr.clone())?;
    tracing::dispatcher::set_global_default(dispatch)?;
    // Only now: what panics say would otherwise go to a log that is not there, and nowhere else.
    panics::log_them();
    Ok(())
}

/// Returns a log that writes to `writer`, without taking the process's into use.
pub(super) fn dispatch<W>(
    log: &LogSettings,
    in_colour: bool,
    writer: W,
) -> Result<Dispatch, TelemetryError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(&*log.filter)
        .map_err(|source| TelemetryError::Filter { filter: log.filter.clone(), source })?;
    let lines = Subscriber::builder().with_env_filter(filter).with_writer(writer);
    // The library would tell of its troubles on stderr by itself, and wait for its reader.
    let lines = lines.log_internal_errors(false);
    Ok(match log.format {
        LogFormat::Text => lines.with_ansi(in_colour).with_target(false).finish().into(),
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).finish().into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

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
        let dispatch = dispatch(&log, false, move || writer.clone()).unwrap();
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
    fn a_filter_that_is_none_is_refused() {
        let log = LogSettings { filter: "ideogate=loud".into(), format: LogFormat::Text };
        let error = dispatch(&log, false, io::sink).unwrap_err();
        assert!(error.to_string().starts_with("log.filter 'ideogate=loud'"));
    }
}
