//! Where operators ask for something to happen to a call.

use crate::domain::{CallId, Principal};
use futures_util::future::BoxFuture;
use std::{error::Error, fmt};

/// Acts on calls for operators; whoever knows how calls live implements it.
pub trait CallDesk: fmt::Debug + Send + Sync {
    /// Frees the places that an unknown or pending call still holds, and puts `queue.release` on
    /// record with the operator's name before it does.
    fn release<'a>(
        &'a self,
        call: &'a CallId,
        by: &'a Principal,
    ) -> BoxFuture<'a, Result<ReleaseOutcome, DeskError>>;
}

/// What releasing a call came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseOutcome {
    /// Its places are free now.
    Released,
    /// It holds no places, or is not known.
    NotHeld,
}

/// The desk could not do what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The change could not be put on record, so it was not made.
    #[error("the change could not be put on record")]
    Record(#[source] Box<dyn Error + Send + Sync>),
    /// The gateway is stopping.
    #[error("the gateway is stopping")]
    Stopping,
}
