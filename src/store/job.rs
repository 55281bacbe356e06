//! What the journal hands to its thread.

use super::JournalError;
use crate::domain::{Bundle, Effect};
use tokio::sync::oneshot;

/// How an outcome was made durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// It is in the database.
    Committed,
    /// It is in the spill file, and goes into the database as soon as that can be written.
    Spilled,
}

/// Where the outcome of a bundle is awaited.
pub(super) type BundleReply = oneshot::Sender<Result<Durability, JournalError>>;

/// A message to the journal's thread.
pub(super) enum Message {
    /// Commit this.
    Write(Job),
    /// Commit what came before, close the database and end.
    Close(oneshot::Sender<()>),
}

/// A bundle on its way.
pub(super) struct Job {
    pub(super) bundle: Bundle,
    pub(super) duty: OnFailure,
    /// Where the outcome is awaited; `None` for appended records.
    pub(super) reply: Option<BundleReply>,
}

/// What is done with a bundle when the database fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnFailure {
    /// It is declined: what it tells of has not happened and now must not.
    Decline,
    /// It is owed: what it tells of has happened. It goes to the spill file and is retried.
    Owe,
    /// It is kept in memory and retried.
    Keep,
}

impl Job {
    /// Tells whoever waits; a caller who went away does not mind.
    pub(super) fn answer(self, answer: Result<Durability, JournalError>) {
        self.reply.map(|reply| reply.send(answer).ok());
    }

    /// Says whether there is nothing to commit, as for a flush.
    pub(super) fn is_empty(&self) -> bool {
        self.bundle.records.is_empty() && self.bundle.effects.is_empty()
    }

    /// Says whether the bundle opens a call, so that an unsent intent may lie in the database.
    pub(super) fn opens_a_call(&self) -> bool {
        self.bundle.effects.iter().any(|effect| matches!(effect, Effect::OpenCall(_)))
    }
}
