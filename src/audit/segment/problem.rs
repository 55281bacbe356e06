//! What can be wrong with a segment.

use crate::audit::{IntegrityError, trust::NoteError};
use std::io;

/// A file is no segment that can be relied on. It repeats no text of the file.
#[derive(Debug, thiserror::Error)]
pub enum SegmentProblem {
    /// It does not begin as a segment does.
    #[error("is no segment: it does not begin as one")]
    NotOne,
    /// It was made by a version that writes another form.
    #[error("has form {0}, which this ideogate does not know: use a newer one")]
    OtherVersion(u32),
    /// It ends too soon.
    #[error("is cut off, its end is missing")]
    CutOff,
    /// It cannot be unpacked.
    #[error("is damaged, it cannot be unpacked")]
    Damaged(#[source] io::Error),
    /// A record is not as it was written.
    #[error("record {seq}: {problem}")]
    Record {
        /// Its number, or the one that should be there.
        seq: u64,
        /// What is wrong.
        problem: IntegrityError,
    },
    /// What is signed about it proves nothing.
    #[error("what should prove it does not: {0}")]
    Unsigned(NoteError),
    /// What is signed is about other lines.
    #[error("has other lines than were signed")]
    OtherLines,
    /// It cannot be read.
    #[error("cannot be read")]
    Io(#[source] io::Error),
}

impl From<io::Error> for SegmentProblem {
    /// Tells a file that ends too soon or cannot be unpacked from a disk that fails.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::CutOff,
            // What the library says of the bytes has no kind of its own.
            io::ErrorKind::Other => Self::Damaged(error),
            _ => Self::Io(error),
        }
    }
}
