//! How many lines were dropped.

use super::LineKind;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Counts dropped lines by what they were; clones share the counts. They only grow, and begin at
/// zero with the process.
#[derive(Debug, Clone, Default)]
pub struct DroppedLines(Arc<[AtomicU64; LineKind::ALL.len()]>);

impl DroppedLines {
    /// Returns how many lines of a kind were dropped so far.
    pub fn count(&self, kind: LineKind) -> u64 {
        self.0[kind.index()].load(Ordering::Relaxed)
    }

    /// Counts more of a kind; any thread may.
    pub(super) fn add(&self, kind: LineKind, lines: u64) {
        self.0[kind.index()].fetch_add(lines, Ordering::Relaxed);
    }
}

/// Dropped lines that no line told of yet. The line that tells of them is counted nowhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Untold([u64; LineKind::ALL.len()]);

impl Untold {
    /// Adds so many of a kind.
    pub(super) fn add(&mut self, kind: LineKind, lines: u64) {
        self.0[kind.index()] += lines;
    }

    /// Adds all of another one.
    pub(super) fn add_all(&mut self, more: Self) {
        self.0.iter_mut().zip(more.0).for_each(|(sum, lines)| *sum += lines);
    }

    /// Says whether no line is missing.
    pub(super) fn is_nothing(self) -> bool {
        self == Self::default()
    }

    /// Returns how many are missing, of all kinds together.
    pub(super) fn all(self) -> u64 {
        self.0.iter().sum()
    }

    /// Says whether others than events of the log are missing. Those are what people keep: records,
    /// checkpoints, output.
    pub(super) fn are_data(self) -> bool {
        self.by_kind().any(|(kind, _)| kind != LineKind::Log)
    }

    /// Returns the kinds that are missing, and how many lines of each.
    pub(super) fn by_kind(self) -> impl Iterator<Item = (LineKind, u64)> {
        LineKind::ALL.into_iter().zip(self.0).filter(|(_, lines)| *lines > 0)
    }
}
