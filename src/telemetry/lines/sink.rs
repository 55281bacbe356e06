//! Where lines are given to.

use super::{
    DroppedLines, LineKind, NoteForm,
    queue::{LineQueue, QueuedLine},
    writer::SinkThread,
};
use crate::tasks::Tasks;
use std::{
    fmt::Display,
    fs::File,
    io::{self, Write},
    sync::Arc,
    time::Duration,
};
use tracing_subscriber::fmt::MakeWriter;

/// How long the end waits for lines at most. It is as long as a reader is given who reads, but
/// slowly.
const LAST: Duration = Duration::from_secs(5);

/// How long nothing may move meanwhile. A reader who has been gone for longer delays the end by
/// nothing.
const STILL: Duration = Duration::from_secs(1);

/// Takes lines and never waits; clones share one queue and the thread that writes it. The thread
/// ends once the last of them is dropped and what waits is written; nobody joins it. Lines of one
/// thread come out in the order in which they were given.
#[derive(Debug, Clone)]
pub struct LineSink(Arc<Handle>);

/// Its last drop closes the queue.
#[derive(Debug)]
struct Handle(Arc<LineQueue>);

impl LineSink {
    /// Returns a sink whose lines are written to `to`. The lines go to `to` alone, by no buffer of
    /// the standard library. Fails if the system gives no thread.
    pub fn new(to: File, form: NoteForm, dropped: &DroppedLines) -> io::Result<Self> {
        let queue = Arc::new(LineQueue::new(form, dropped.clone()));
        let writer = SinkThread::new(to, Arc::clone(&queue));
        Tasks::thread("lines", move || writer.run())?;
        Ok(Self(Arc::new(Handle(queue))))
    }

    /// Gives it a line, without its end. Never blocks and never fails. The line must have no end of
    /// line in it, or it is more than one.
    pub fn line(&self, kind: LineKind, line: impl Display) {
        self.push(kind, format!("{line}\n").into_bytes());
    }

    /// Counts lines that were lost on their way here. That may be before they were made into lines,
    /// as with records that came too fast for their reader.
    pub fn miss(&self, kind: LineKind, lines: u64) {
        self.0.0.miss(kind, lines);
    }

    /// Changes how the line looks that tells of missing ones.
    pub fn set_form(&self, form: NoteForm) {
        self.0.0.set_form(form);
    }

    /// Waits until all is written, but not for a reader who is not there: at most five seconds, and no
    /// longer than one second in which nothing moves, counted from when it stood still. Blocks for
    /// that time at most.
    pub fn flush(&self) {
        self.0.0.flush(LAST, STILL);
    }

    /// Gives the queue a line with its end.
    fn push(&self, kind: LineKind, text: Vec<u8>) {
        self.0.0.push(QueuedLine { kind, text: text.into_boxed_slice() });
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Writes events of the log into a [`LineSink`]; each is written at once and as a whole. Its
/// `flush` does nothing: nobody who logs waits.
#[derive(Debug)]
pub struct LineWriter<'s>(&'s LineSink);

impl Write for LineWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.push(LineKind::Log, bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'s> MakeWriter<'s> for LineSink {
    type Writer = LineWriter<'s>;

    fn make_writer(&'s self) -> Self::Writer {
        LineWriter(self)
    }
}
