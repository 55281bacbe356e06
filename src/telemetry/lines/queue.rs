//! Lines that wait to be written: a bounded queue that never makes its users wait.

use super::{DroppedLines, LineKind, NoteForm, dropped::Untold};
use parking_lot::{Condvar, Mutex, MutexGuard};
use std::{
    collections::VecDeque,
    mem,
    time::{Duration, Instant},
};

/// How many bytes wait at most: seconds of the busiest log, days of an idle one.
pub(super) const MOST: usize = 4 * 1024 * 1024;

/// What a line takes beside its own bytes.
const OVERHEAD: usize = 48;

/// How long after a failure it is looked whether writing works again, when no line comes first.
const RETRY: Duration = Duration::from_secs(1);

/// One line, with its end.
#[derive(Debug)]
pub(super) struct QueuedLine {
    pub(super) kind: LineKind,
    pub(super) text: Box<[u8]>,
}

impl QueuedLine {
    fn size(&self) -> usize {
        self.text.len() + OVERHEAD
    }
}

/// What the writer is to do next.
#[derive(Debug)]
pub(super) enum Work {
    /// Write these lines.
    Lines(VecDeque<QueuedLine>),
    /// Say how many are missing.
    Note,
    /// End.
    End,
}

/// Lines on their way from whoever has them to the thread that writes them.
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

    /// Takes a line if there is room, and drops it if there is none.
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
        if state.is_idle {
            self.work.notify_one();
        }
    }

    /// Counts lines that were lost on their way here.
    pub(super) fn miss(&self, kind: LineKind, lines: u64) {
        let mut state = self.state();
        self.drop_lines(&mut state, kind, lines);
        self.work.notify_one();
    }

    /// Counts lines that could not be written.
    pub(super) fn failed<'l>(&self, lines: impl Iterator<Item = &'l QueuedLine>) {
        let mut state = self.state();
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

    /// Waits for work. `is_failing` says that the last writing failed.
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
    pub(super) fn note(&self) -> Option<(Vec<u8>, Untold)> {
        let mut state = self.state();
        state.is_full = false;
        let untold = mem::take(&mut state.untold);
        (!untold.is_nothing()).then(|| (state.form.line(untold), untold))
    }

    /// Takes back what could not be told.
    pub(super) fn not_told(&self, untold: Untold) {
        self.state().untold.add_all(untold);
    }

    /// Changes how the line looks that tells of missing ones.
    pub(super) fn set_form(&self, form: NoteForm) {
        self.state().form = form;
    }

    /// Waits until all lines are written or dropped: for `most` at most, and no longer than until nothing
    /// moved for `still`.
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

    /// Ends the writer once all that waits is written.
    pub(super) fn close(&self) {
        self.state().is_closed = true;
        self.work.notify_one();
    }

    fn drop_lines(&self, state: &mut State, kind: LineKind, lines: u64) {
        state.untold.add(kind, lines);
        self.dropped.add(kind, lines);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}
