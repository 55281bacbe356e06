//! The thread that writes, and that alone is held up when writing does not work.

use super::{
    LineKind,
    queue::{LineQueue, QueuedLine, Work},
};
use rustix::event::{PollFd, PollFlags, poll};
use std::{
    fs::File,
    io::{self, ErrorKind, Write},
    sync::Arc,
};

/// What is written at once at most: what a pipe takes as a whole, so that lines of others who write into
/// the same pipe do not come between. A longer line is written by itself. POSIX promises no less
/// than 512 bytes for that, and Linux has 4096.
const AT_ONCE: usize = 4096;

/// Writes lines to a file, pipe or terminal. It may sleep in a write for ever, and holds no lock
/// meanwhile.
#[derive(Debug)]
pub(super) struct SinkThread {
    to: File,
    queue: Arc<LineQueue>,
    /// Whether the last writing failed, so that the next thing to write is how much is missing.
    is_failing: bool,
    /// Whether the last thing written has no end of line.
    is_torn: bool,
}

impl SinkThread {
    pub(super) fn new(to: File, queue: Arc<LineQueue>) -> Self {
        Self { to, queue, is_failing: false, is_torn: false }
    }

    /// Writes until the queue is closed and empty. Returns then; the file is closed with it.
    pub(super) fn run(mut self) {
        loop {
            match self.queue.next(self.is_failing) {
                Work::Lines(mut lines) => self.write_lines(lines.make_contiguous()),
                Work::Note => drop(self.write_note()),
                Work::End => return,
            }
        }
    }

    /// What fails is counted and not tried again: the place where it is missing is told instead.
    fn write_lines(&mut self, mut lines: &[QueuedLine]) {
        while !lines.is_empty() {
            let (chunk, rest) = lines.split_at(chunk(lines));
            lines = rest;
            let text: Vec<_> = chunk.iter().flat_map(|line| &*line.text).copied().collect();
            // The note goes first: what is missing came before these lines.
            let written = if self.is_failing && !self.write_note() {
                // Without an error: it was told when writing first failed, and is the same one.
                Err(None)
            } else {
                self.write(&text).map_err(Some)
            };
            self.is_failing = written.is_err();
            match written {
                Ok(()) => self.queue.written(chunk.iter()),
                Err(error) => {
                    self.queue.failed(chunk.iter());
                    complain(chunk, error.as_ref());
                }
            }
        }
    }

    /// Says how many lines are missing, and returns whether that worked. What could not be told is
    /// told with the next note.
    fn write_note(&mut self) -> bool {
        let Some((text, untold)) = self.queue.note() else { return true };
        self.is_failing = self.write(&text).is_err();
        if self.is_failing {
            self.queue.not_told(untold);
        } else if untold.are_data() {
            tracing::warn!(dropped = untold.all(), "lines on stdout were dropped; it works again");
        }
        !self.is_failing
    }

    /// Writes a text on a line of its own, behind whatever was cut off before it.
    fn write(&mut self, text: &[u8]) -> io::Result<()> {
        if self.is_torn {
            self.write_all(b"\n")?;
        }
        self.write_all(text)
    }

    /// Writes all of a text, or fails; what was written by then stays written.
    fn write_all(&mut self, mut text: &[u8]) -> io::Result<()> {
        while !text.is_empty() {
            match self.to.write(text) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(written) => {
                    self.is_torn = !text[..written].ends_with(b"\n");
                    text = &text[written..];
                }
                // A signal came in between; nothing was written.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // Somebody else who has the same pipe made it so that it does not wait by itself.
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    poll(&mut [PollFd::new(&self.to, PollFlags::OUT)], None)?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Tells the log once that lines on stdout cannot be written; that the log itself cannot, nobody can be told.
fn complain(lines: &[QueuedLine], error: Option<&io::Error>) {
    let are_data = lines.iter().any(|line| line.kind != LineKind::Log);
    if let Some(error) = error.filter(|_| are_data) {
        tracing::warn!(%error, "stdout cannot be written: lines are dropped and counted");
    }
}

/// Returns how many lines are written at once.
fn chunk(lines: &[QueuedLine]) -> usize {
    let mut size = 0;
    let fits = |line: &&QueuedLine| {
        size += line.text.len();
        size <= AT_ONCE
    };
    lines.iter().take_while(fits).count().max(1)
}
