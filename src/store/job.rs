//! What the journal hands to its thread.

use super::JournalError;
use crate::domain::{Bundle, Effect};
use tokio::sync::oneshot;

/// How an outcome was made durable. Either way it survives a crash of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// It is in the database.
    Committed,
    /// It is in the spill file, and goes into the database as soon as that can be written.
    Spilled,
}

/// Where the outcome of a bundle is awaited. One that is dropped unanswered means that the journal
/// is closed.
pub(super) type BundleReply = oneshot::Sender<Result<Durability, JournalError>>;

/// Where it is awaited whether the log could be cleared.
pub(super) type LogReply = oneshot::Sender<Result<bool, JournalError>>;

/// A message to the journal's thread. The channel has no bound of its own; of what nobody waits
/// for, a count bounds how much may lie in it.
pub(super) enum Message {
    /// Commit this.
    Write(Job),
    /// Move what lies beside the database into it, once what came before is committed.
    ClearLog(LogReply),
    /// Commit what came before, close the database and end.
    Close(oneshot::Sender<()>),
}

/// A bundle on its way. One with a reply is answered once, or dropped with the thread.
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
    Reject,
    /// It is owed: what it tells of has happened. It goes to the spill file and is retried.
    Spill,
    /// It is kept in memory and retried.
    Buffer,
}

impl Job {
    /// Tells whoever waits; a caller who went away does not mind. The bundle is dropped with it,
    /// whatever the answer.
    pub(super) fn answer(self, answer: Result<Durability, JournalError>) {
        self.reply.map(|reply| reply.send(answer).ok());
    }

    /// Says whether there is nothing to commit, which is a flush. Alone, such a job is answered
    /// without a transaction, and in any case after all that was given before it.
    pub(super) fn is_flush(&self) -> bool {
        self.bundle.records.is_empty() && self.bundle.effects.is_empty()
    }

    /// Says whether the bundle opens a call, so that an unsent intent may lie in the database.
    pub(super) fn opens_a_call(&self) -> bool {
        self.bundle.effects.iter().any(|effect| matches!(effect, Effect::OpenCall(_)))
    }
}
