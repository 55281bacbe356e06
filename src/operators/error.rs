//! Why an operator could not be made or changed.

use super::new_operator::OperatorRequestError;
use crate::{
    domain::{OperatorId, RandomError},
    store::{JournalError, StoreError},
};

/// An operator could not be made, changed or loaded.
#[derive(Debug, thiserror::Error)]
pub enum OperatorsError {
    /// What was asked for is wrong in these ways.
    #[error("the operator cannot be made: {} mistakes", .0.len())]
    Invalid(Vec<OperatorRequestError>),
    /// There is no operator of that id.
    #[error("there is no operator {0}")]
    Unknown(OperatorId),
    /// The operator was revoked, which is final.
    #[error("operator {0} was revoked, which is final")]
    RevokedIsFinal(OperatorId),
    /// No secret could be made.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// The change could not be put on record, so it was not made.
    #[error("the change could not be put on record")]
    Journal(#[source] JournalError),
    /// The operators could not be read.
    #[error("the operators could not be read")]
    Store(#[source] StoreError),
    /// The gateway stopped before the change was made.
    #[error("the gateway is stopping")]
    Stopping,
}
