//! Why a call is not admitted.

use super::{Paused, WaitRule};
use crate::domain::Places;
use std::{sync::Arc, time::Duration};

/// A call was not admitted; nothing was sent. No places are held and no seat is kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AdmissionError {
    /// The queue already holds as many calls as it may.
    #[error("admission queue is full")]
    QueueFull {
        /// When the calls that wait now should be through.
        retry_after: Duration,
    },
    /// The call waited until its deadline.
    #[error("the call's turn did not come before its deadline")]
    Timeout {
        /// When the calls that wait now should be through.
        retry_after: Duration,
        /// What it waited for.
        rule: WaitRule,
        /// How long it waited, all its turns together.
        waited: Duration,
    },
    /// The call would clearly wait in vain.
    #[error("the call's turn would come in {forecast:?} at the earliest")]
    Futile {
        /// When the calls that wait now should be through.
        retry_after: Duration,
        /// What it would wait for.
        rule: WaitRule,
        /// How long it would wait at least.
        forecast: Duration,
    },
    /// The call asks for more places than it could ever hold.
    #[error("the call asks for more places than the {cap} it could ever hold")]
    NeverFits {
        /// The most places such a call may ask for.
        cap: Places,
    },
    /// The gateway is shutting down.
    #[error("admission is draining")]
    Draining,
    /// An operator paused such calls. Calls that waited were turned away with it, and none is kept
    /// for the end of the pause.
    #[error("{}", .0.pause.sentence())]
    Paused(Arc<Paused>),
    /// Calls cannot be recorded, so none is sent.
    #[error("admission is stopped because calls cannot be recorded")]
    Stopped,
}
