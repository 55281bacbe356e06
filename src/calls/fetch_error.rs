//! Why a kept answer cannot be had.

use crate::{answers::SealedError, spool::SpoolError};

/// A kept answer cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// It is gone, or not what was kept; it never comes back.
    #[error("the kept answer is lost")]
    Lost(#[source] SealedError),
    /// The disk failed for now.
    #[error("the kept answer cannot be read")]
    Disk(#[source] SealedError),
    /// There is no room for its body now.
    #[error("there is no room for the kept answer")]
    Room(#[from] SpoolError),
    /// The gateway stops.
    #[error("reading the kept answer was cut off")]
    CutOff(#[from] tokio::task::JoinError),
}

impl From<SealedError> for FetchError {
    fn from(error: SealedError) -> Self {
        match error {
            SealedError::Missing | SealedError::Changed => Self::Lost(error),
            SealedError::Io(_) => Self::Disk(error),
        }
    }
}
