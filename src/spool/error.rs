//! Why a body cannot be kept.

use std::io;

/// A body cannot be kept. What was there of it is lost, and what it took comes back when its writer
/// is dropped.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// The body is larger than it may be. Nothing beyond the bound was kept.
    #[error("the body is larger than {cap} bytes")]
    TooLarge {
        /// The most bytes it may have.
        cap: u64,
    },
    /// The budget of all bodies, or of one token's, is used up. A disk that is full, or that would
    /// not keep its free part, counts as that too.
    #[error("the budget for bodies is used up")]
    BudgetExhausted,
    /// The temporary file failed.
    #[error("the body's temporary file failed")]
    Io(#[source] io::Error),
}

impl From<io::Error> for SpoolError {
    /// A full disk is a used-up budget that somebody else used; all else is a fault.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::BudgetExhausted,
            _ => Self::Io(error),
        }
    }
}
