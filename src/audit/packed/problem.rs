//! What can be wrong with a packed file.

use crate::audit::trust::NoteError;
use std::io;

/// A file is not what was packed and signed. It repeats no text of the file.
#[derive(Debug, thiserror::Error)]
pub enum PackedProblem {
    /// It ends too soon.
    #[error("is cut off, its end is missing")]
    CutOff,
    /// It cannot be unpacked.
    #[error("is damaged, it cannot be unpacked")]
    Damaged(#[source] io::Error),
    /// What is signed about it proves nothing.
    #[error("what should prove it does not: {0}")]
    Unsigned(#[from] NoteError),
    /// What is signed is about something else.
    #[error("holds something else than was signed")]
    OtherContent,
    /// It cannot be read.
    #[error("cannot be read")]
    Io(#[source] io::Error),
}

impl From<io::Error> for PackedProblem {
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
