//! What is kept of an answer, and what a recall finds.

use crate::{
    domain::{CallId, Client, Timestamp},
    spool::Spool,
};
use http::{HeaderMap, StatusCode};
use std::time::Duration;
use tokio::sync::watch;

/// An answer that was paid for, complete, as the client should have got it. Clones share the body,
/// and with it what it takes from the budget.
#[derive(Debug, Clone)]
pub struct KeptAnswer {
    /// The call that paid for it.
    pub call: CallId,
    /// Ideogram's status.
    pub status: StatusCode,
    /// The headers that may be passed on.
    pub headers: HeaderMap,
    /// The body, byte for byte.
    pub body: Spool,
    /// Whether the gateway's key had to be overwritten in it.
    pub echoed_key: bool,
    /// How long Ideogram took.
    pub upstream: Duration,
}

/// What an identical earlier call left behind. Only [`Answer`](Self::Answer) takes anything; all
/// others can be asked for again.
#[derive(Debug)]
pub enum RegistryMatch {
    /// Nothing: this is a new call.
    Nothing,
    /// Its client is gone and it still runs, or its answer is on the way to nobody; wait for a change,
    /// then ask again.
    Running(watch::Receiver<()>, CallId),
    /// Its client may be gone; ask again in a moment, or after a change.
    Unclear(watch::Receiver<()>, CallId),
    /// It finished and nobody received the answer; it is this caller's now.
    Answer(Box<KeptAnswer>),
    /// It was sent and nobody knows its end.
    Unknown(CallId),
}

/// Where a registered call stands.
#[derive(Debug)]
pub(super) enum CallState {
    /// Its client waits for it, as far as anybody was told; that client can be asked.
    Watched(Client),
    /// Its client went away; it runs on.
    Abandoned,
    /// It finished, and its answer is on the way to a client.
    HandedOut(Box<KeptAnswer>, Client),
    /// It finished without a client. The time is when that began.
    Kept(Box<KeptAnswer>, Timestamp),
    /// Nobody knows its end.
    Unknown(Timestamp),
}
