//! What can be wrong with a segment.

use crate::audit::{IntegrityError, packed::PackedProblem};

/// A file is no segment that can be relied on. It repeats no text of the file.
#[derive(Debug, thiserror::Error)]
pub enum SegmentProblem {
    /// It does not begin as a segment does.
    #[error("is no segment: it does not begin as one")]
    NotOne,
    /// It was made by a version that writes another form.
    #[error("has form {0}, which this ideogate does not know: use a newer one")]
    OtherVersion(u64),
    /// A record is not as it was written.
    #[error("record {seq}: {problem}")]
    Record {
        /// Its number, or the one that should be there.
        seq: u64,
        /// What is wrong.
        problem: IntegrityError,
    },
    /// It is not what was packed and signed.
    #[error(transparent)]
    Packed(#[from] PackedProblem),
}
