//! Lines that wait to be written: a bounded queue that never makes its users wait.

use super::{DroppedLines, LineKind, NoteForm, dropped::Untold};
use parking_lot::{Condvar, Mutex, MutexGuard};
use std::{
    collections::VecDeque,
    mem,
    time::{Duration, Instant},
};

/// How many bytes wait at most: seconds of the busiest log, days of an idle one. What is being
/// written counts until it is out.
pub(super) const MOST: usize = 4 * 1024 * 1024;

/// What a line takes beside its own bytes. With it, very many short lines are bounded too.
const OVERHEAD: usize = 48;

/// How long after a failure it is looked whether writing works again, when no line comes first. A
/// line that comes first is tried at once.
const RETRY: Duration = Duration::from_secs(1);

/// One line, with its end. It is never changed or split on its way.
#[derive(Debug)]
pub(super) struct QueuedLine {
    pub(super) kind: LineKind,
    pub(super) text: Box<[u8]>,
}

impl QueuedLine {
    /// Returns the bytes that it counts for.
    fn size(&self) -> usize {
        self.text.len() + OVERHEAD
    }
}

/// What the writer is to do next. Nothing else is ever asked of the writer.
#[derive(Debug)]
pub(super) enum Work {
    /// Write these lines. They must be counted as written or as failed, each once.
    Lines(VecDeque<QueuedLine>),
    /// Say how many are missing.
    Note,
    /// End.
    End,
}

/// Lines on their way from whoever has them to the thread that writes them.
///
/// The lock is held for moments only, never while anything is written, so whoever logs waits for no
/// reader. Any thread may push; one thread takes.
#[derive(Debug)]
pub(super) struct LineQueue {
    state: Mutex<State>,
    work: Condvar,
    done: Condvar,
    dropped: DroppedLines,
}

#[derive(Debug)]
struct State {
    lines: VecDeque<QueuedLine>,
    /// Bytes that wait or are being written.
    size: usize,
    /// Whether lines are turned away: from the first that found no room until all that waited is written, so
    /// that there is one gap and not many.
    is_full: bool,
    is_closed: bool,
    /// Whether the writer waits for work.
    is_idle: bool,
    untold: Untold,
    form: NoteForm,
    /// When the last bytes were written, or the first that wait began to.
    progress: Instant,
}

impl LineQueue {
    pub(super) fn new(form: NoteForm, dropped: DroppedLines) -> Self {
        let state = State {
            lines: VecDeque::new(),
            size: 0,
            is_full: false,
            is_closed: false,
            is_idle: false,
            untold: Untold::default(),
            form,
            progress: Instant::now(),
        };
        Self { state: Mutex::new(state), work: Condvar::new(), done: Condvar::new(), dropped }
    }

    /// Takes a line if there is room, and drops it if there is none. A line that is dropped is
    /// counted at once.
    pub(super) fn push(&self, line: QueuedLine) {
        let mut state = self.state();
        state.is_full |= state.size + line.size() > MOST;
        if state.is_full {
            self.drop_lines(&mut state, line.kind, 1);
            return;
        }
        if state.size == 0 {
            state.progress = Instant::now();
        }
        state.size += line.size();
        state.lines.push_back(line);
        // A writer that is at work looks for more by itself before it sleeps.
        if state.is_idle {
            self.work.notify_one();
        }
    }

    /// Counts lines that were lost on their way here. They never were in the queue, and take
    /// nothing of it.
    pub(super) fn miss(&self, kind: LineKind, lines: u64) {
        let mut state = self.state();
        self.drop_lines(&mut state, kind, lines);
        self.work.notify_one();
    }

    /// Counts lines that could not be written. They are told of once writing works again.
    pub(super) fn failed<'l>(&self, lines: impl Iterator<Item = &'l QueuedLine>) {
        let mut state = self.state();
        // Without `progress`: what fails moves nothing, and the end must not wait on for it.
        for line in lines {
            state.size -= line.size();
            self.drop_lines(&mut state, line.kind, 1);
        }
    }

    /// Counts lines that were written.
    pub(super) fn written<'l>(&self, lines: impl Iterator<Item = &'l QueuedLine>) {
        let size: usize = lines.map(QueuedLine::size).sum();
        let mut state = self.state();
        state.size -= size;
        state.progress = Instant::now();
    }

    /// Waits for work. `is_failing` says that the last writing failed. Blocks the writer's thread
    /// until there is some. After a failure there is work again within a second, even if no line
    /// comes.
    pub(super) fn next(&self, is_failing: bool) -> Work {
        let mut state = self.state();
        let begun = Instant::now();
        loop {
            if !state.lines.is_empty() {
                return Work::Lines(mem::take(&mut state.lines));
            }
            self.done.notify_all();
            if state.is_closed {
                return Work::End;
            }
            let pause =
                if is_failing { RETRY.saturating_sub(begun.elapsed()) } else { Duration::ZERO };
            if !state.untold.is_nothing() && pause.is_zero() {
                return Work::Note;
            }
            state.is_idle = true;
            if state.untold.is_nothing() {
                self.work.wait(&mut state);
            } else {
                self.work.wait_for(&mut state, pause);
            }
            state.is_idle = false;
        }
    }

    /// Takes what is to be told of, and the line that tells it; nothing when nothing is missing.
    /// With that, lines are taken again: the gap ends where its note stands.
    pub(super) fn note(&self) -> Option<(Vec<u8>, Untold)> {
        let mut state = self.state();
        state.is_full = false;
        let untold = mem::take(&mut state.untold);
        (!untold.is_nothing()).then(|| (state.form.line(untold), untold))
    }

    /// Takes back what could not be told. It is added to what has gone missing meanwhile.
    pub(super) fn not_told(&self, untold: Untold) {
        self.state().untold.add_all(untold);
    }

    /// Changes how the line looks that tells of missing ones.
    pub(super) fn set_form(&self, form: NoteForm) {
        self.state().form = form;
    }

    /// Waits until all lines are written or dropped: for `most` at most, and no longer than until nothing
    /// moved for `still`. Blocks. Lines that come meanwhile are waited for too.
    pub(super) fn flush(&self, most: Duration, still: Duration) {
        let begun = Instant::now();
        let mut state = self.state();
        while state.size > 0 {
            let left = most.saturating_sub(begun.elapsed());
            let left = left.min(still.saturating_sub(state.progress.elapsed()));
            if left.is_zero() {
                return;
            }
            self.done.wait_for(&mut state, left);
        }
    }

    /// Ends the writer once all that waits is written. Lines can still be pushed, and nobody may
    /// write them any more.
    pub(super) fn close(&self) {
        self.state().is_closed = true;
        self.work.notify_one();
    }

    /// Counts lines that are not written: for the metric, and for the next note.
    fn drop_lines(&self, state: &mut State, kind: LineKind, lines: u64) {
        state.untold.add(kind, lines);
        self.dropped.add(kind, lines);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}
