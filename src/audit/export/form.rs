//! What the forms of an export have in common when it is checked.

use super::BadExport;
use crate::audit::trust::{Marks, SignedNote, notes_in};

/// What the lines of an export came to. All numbers are 0 when there was no line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ExportFindings {
    /// Records or entries.
    pub(super) lines: u64,
    /// The number of the first.
    pub(super) first: u64,
    /// The number of the last.
    pub(super) last: u64,
    /// The hash of the last record; a table has none.
    pub(super) hash: Option<[u8; 32]>,
    /// The seal of the last row; JSON lines have none.
    pub(super) seal: Option<[u8; 32]>,
}

/// What a form of export is checked with, line by line. Lines come in order; after the first error
/// none comes any more.
pub(super) trait ExportLines {
    /// Checks the line of this number, given with its end. The first line has number 1. Hashes of
    /// records go into `marks`.
    fn line(&mut self, number: u64, line: &str, marks: &mut Marks) -> Result<(), BadExport>;

    /// Returns the notes about the whole, once all lines were read. They are parsed and not
    /// verified yet.
    fn notes(&self) -> Result<(SignedNote, SignedNote), BadExport>;

    /// Returns what the lines came to.
    fn found(&self) -> ExportFindings;

    /// Says whether the next line belongs to what was hashed.
    fn is_hashed(&self, line: &str) -> bool;
}

/// Returns the two notes of a sidecar: of the manifest, and of the checkpoint. `None` when there
/// are fewer or more.
pub(super) fn notes_of(sidecar: &str) -> Option<(SignedNote, SignedNote)> {
    let mut notes = notes_in(sidecar).notes.into_iter().map(|found| found.note);
    let both = (notes.next()?, notes.next()?);
    notes.next().is_none().then_some(both)
}
