//! Stdout and stderr of commands that go on until they are told to stop.

use crate::telemetry::{DroppedLines, LineKind, LineSink, NoteForm};
use std::{
    fs::File,
    io,
    os::fd::{AsFd, BorrowedFd},
};

/// Where a command that serves others prints: whoever reads it may be gone, slow or asleep, and nobody is
/// served later for that.
///
/// Lines that cannot be written in time are dropped and counted.
#[derive(Debug)]
pub(super) struct Console {
    /// Stdout.
    pub(super) out: LineSink,
    /// Stderr.
    pub(super) err: LineSink,
    /// How many lines were dropped.
    pub(super) dropped: DroppedLines,
}

impl Console {
    /// Opens it for as long as the process lives.
    ///
    /// To be called once. It is an error if stdout or stderr cannot be opened.
    pub(super) fn open() -> io::Result<&'static Self> {
        let dropped = DroppedLines::default();
        let log = NoteForm::Log(crate::config::LogFormat::Text);
        let console = Self {
            out: LineSink::new(file(io::stdout().as_fd())?, NoteForm::Data, &dropped)?,
            err: LineSink::new(file(io::stderr().as_fd())?, log, &dropped)?,
            dropped,
        };
        // The threads behind it end with the process, since a pipe may hold them for ever.
        Ok(Box::leak(Box::new(console)))
    }

    /// Prints a line to stdout.
    ///
    /// Returns at once.
    pub(super) fn say(&self, line: &str) {
        self.out.line(LineKind::Output, line);
    }

    /// Prints words to stderr.
    ///
    /// Returns at once.
    pub(super) fn note(&self, words: &str) {
        self.err.line(LineKind::Log, words);
    }

    /// Waits until all is written, but never for a reader who is not there.
    ///
    /// To be called at the very end.
    pub(super) fn flush(&self) {
        self.out.flush();
        self.err.flush();
    }
}

/// Returns a way to write that shares no lock with the rest of the process.
fn file(of: BorrowedFd<'_>) -> io::Result<File> {
    Ok(of.try_clone_to_owned()?.into())
}
