//! What panics say, as events of the log.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    panic::{self, PanicHookInfo},
    thread,
};

/// Sends what panics say to the log from now on: printed straight to stderr, it would wait for a reader
/// who may not be there. It holds for the whole process and for all threads; a backtrace is among
/// it where the environment asks for one. What panics say may name a value, so production code must
/// not put a secret into a panic.
pub(super) fn log_them() {
    panic::set_hook(Box::new(log));
}

fn log(panic: &PanicHookInfo<'_>) {
    let said = panic.payload_as_str().unwrap_or("something that is no text");
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let thread = thread::current();
    let thread = thread.name().unwrap_or("without a name");
    let backtrace = Backtrace::capture();
    if backtrace.status() == BacktraceStatus::Captured {
        tracing::error!(said, place, thread, %backtrace, "panicked");
    } else {
        tracing::error!(said, place, thread, "panicked");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::{LogFormat, LogSettings},
        telemetry::{DroppedLines, LineSink, NoteForm, log::dispatch},
    };
    use std::{
        fs::File,
        io::{self, BufRead, BufReader},
        os::fd::OwnedFd,
    };

    #[test]
    fn a_panic_is_an_event_of_the_log_like_all_others() {
        let (reader, writer) = io::pipe().unwrap();
        let to = File::from(OwnedFd::from(writer));
        let form = NoteForm::Log(LogFormat::Json);
        let sink = LineSink::new(to, form, &DroppedLines::default()).unwrap();
        let settings = LogSettings { filter: "error".into(), format: LogFormat::Json };
        let (dispatch, _) = dispatch(&settings, false, sink).unwrap();
        let (own, usual) = (thread::current().id(), panic::take_hook());
        // Other tests go on meanwhile, and some panic on purpose.
        panic::set_hook(Box::new(move |panic| {
            if thread::current().id() == own { log(panic) } else { usual(panic) }
        }));
        tracing::dispatcher::with_default(&dispatch, || {
            panic::catch_unwind(|| panic!("a bug in call {}", 7)).unwrap_err();
        });
        let line = BufReader::new(reader).lines().next().unwrap().unwrap();
        let event: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!((&event["level"], &event["said"]), (&"ERROR".into(), &"a bug in call 7".into()));
        assert!(event["place"].as_str().unwrap().contains("panics.rs"), "{event}");
    }
}
