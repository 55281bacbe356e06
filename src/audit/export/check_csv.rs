//! Checking a table: each row by its seal, which covers all rows before it.

use super::{
    BadExport, ExportProblem,
    csv::{SEQ_COLUMN, cell_of, header, seal},
    form::{ExportFindings, ExportLines, notes_of},
    manifest::hash,
};
use crate::audit::trust::{Marks, NoteError, SignedNote};

/// What was read so far, and what is signed about it. A table names no hash of the chain, so it
/// adds nothing to the marks.
#[derive(Debug)]
pub(super) struct Rows {
    notes: Option<(SignedNote, SignedNote)>,
    lines: u64,
    first: u64,
    last: u64,
    seal: [u8; 32],
}

impl Rows {
    pub(super) fn new(sidecar: &str) -> Self {
        let notes = notes_of(sidecar);
        Self { notes, lines: 0, first: 0, last: 0, seal: seal(&[0; 32], header().as_bytes()) }
    }
}

impl ExportLines for Rows {
    fn line(&mut self, number: u64, line: &str, _marks: &mut Marks) -> Result<(), BadExport> {
        let row = line.strip_suffix("\r\n");
        if number == 1 {
            let is_header = row.is_some_and(|row| row == header());
            let bad = BadExport::new(number, None, ExportProblem::NoHeader);
            return if is_header { Ok(()) } else { Err(bad) };
        }
        let seq = cell_of(line, SEQ_COLUMN).and_then(|seq| seq.parse().ok());
        let bad = |problem| BadExport::new(number, seq, problem);
        let read = row.and_then(|row| row.rsplit_once(',')).zip(seq);
        let ((cells, own), seq) = read.ok_or_else(|| bad(ExportProblem::Unreadable))?;
        // Whether the row was changed or one before it is gone cannot be told apart.
        let due = seal(&self.seal, cells.as_bytes());
        if hash(own) != Some(due) {
            return Err(bad(ExportProblem::Unsealed));
        }
        self.seal = due;
        self.lines += 1;
        self.last = seq;
        if self.first == 0 {
            self.first = seq;
        }
        Ok(())
    }

    fn notes(&self) -> Result<(SignedNote, SignedNote), BadExport> {
        let missing = ExportProblem::Unsigned(NoteError::Malformed);
        self.notes.clone().ok_or_else(|| BadExport::whole(missing))
    }

    fn found(&self) -> ExportFindings {
        let Self { lines, first, last, seal, .. } = *self;
        ExportFindings { lines, first, last, hash: None, seal: Some(seal) }
    }

    fn is_hashed(&self, _line: &str) -> bool {
        true
    }
}
