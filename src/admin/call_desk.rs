//! Where operators ask for something to happen to a call.

use crate::{
    domain::{Actor, CallId, Principal, Timestamp, Usd},
    store::StoreError,
};
use futures_util::future::BoxFuture;
use std::{error::Error, fmt};

/// Acts on calls for operators; whoever knows how calls live implements it.
pub trait CallDesk: fmt::Debug + Send + Sync {
    /// Frees the places that an unknown or pending call still holds, and puts `queue.release` on
    /// record with the operator's name before it does.
    fn release<'a>(
        &'a self,
        call: &'a CallId,
        by: &'a Actor,
    ) -> BoxFuture<'a, Result<ReleaseOutcome, DeskError>>;

    /// Gives back the money that is reserved for an unknown call, or reserves it again on the same UTC
    /// day. Puts `usage.write_off` or `usage.write_off_undo` on record with the operator's name and
    /// reason before it does.
    fn write_off<'a>(
        &'a self,
        step: WriteOffStep,
        call: &'a CallId,
        by: &'a Actor,
        reason: Option<&'a str>,
    ) -> BoxFuture<'a, Result<WriteOff, DeskError>>;
}

/// Which way the money of a call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteOffStep {
    /// What is reserved counts no more.
    Off,
    /// It is reserved again.
    Back,
}

/// A step that was taken before: when, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallPastStep {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Principal,
}

/// What writing off a call's money came to, or taking that back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteOff {
    /// So much counts no more, or is reserved again.
    Done(Usd),
    /// Nothing is reserved for it, or it is not known.
    NothingReserved,
    /// It was written off before.
    Already(CallPastStep),
    /// It is not written off; it was until this step, if one is told.
    NotWrittenOff(Option<CallPastStep>),
    /// It was written off on an earlier UTC day.
    Final(CallPastStep),
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
    /// What it is about could not be read.
    #[error("the database could not be read")]
    Read(#[source] StoreError),
    /// The gateway is stopping.
    #[error("the gateway is stopping")]
    Stopping,
}
