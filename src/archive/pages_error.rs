//! Why records cannot be read where they are.

use crate::{audit::segment::SegmentProblem, store::StoreError};
use std::io;

/// Records cannot be read where they are.
#[derive(Debug, thiserror::Error)]
pub enum PagesError {
    /// The database cannot be read.
    #[error("the record cannot be read")]
    Store(#[from] StoreError),
    /// Their segment was deleted on record.
    #[error("segment {0} was deleted")]
    Deleted(String),
    /// Their segment is not there.
    #[error("segment {0} cannot be opened")]
    Missing(String, #[source] io::Error),
    /// Their segment is not what was written.
    #[error("segment {0}: {1}")]
    Bad(String, #[source] SegmentProblem),
    /// A file has the segment's name and is another one.
    #[error("segment {0} is another file than the one on record")]
    Other(String),
}
