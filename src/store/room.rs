//! What the writer does about a database that is nearly as large as it may be: calls stop before changes
//! do, and what only waits to be written waits on.

use super::{
    Durability, JournalError, JournalHealth,
    job::{Job, OnFailure},
    writer_thread::WriterThread,
};
use std::sync::atomic::Ordering;

/// With less room than this, calls are refused. Some of them may be on their way to the writer already.
const TOO_LITTLE: u64 = 64 * 1024;

/// With this much room calls are let in again: more than above, so that the two do not take turns.
const ENOUGH: u64 = 256 * 1024;

/// What is told of a full database.
const FULL: &str = "what is left of `data.max_size` is kept for changes and for calls under way";

impl WriterThread {
    /// Says whether calls are refused for want of room.
    pub(super) fn is_full(&self) -> bool {
        matches!(&*self.health.borrow(), JournalHealth::Full(_))
    }

    /// Looks whether calls have room, and tells when that changed.
    pub(super) fn look_at_room(&mut self) {
        let room = match self.chain.room_for_calls() {
            Ok(room) => room.unwrap_or(u64::MAX),
            Err(error) => return tracing::debug!(error, "the room for calls is not known"),
        };
        if self.is_full() && room >= ENOUGH {
            tracing::info!("the database has room for calls again");
            self.health.send_replace(JournalHealth::Good);
        } else if !self.is_full() && room < TOO_LITTLE {
            tracing::error!(
                event = "record_full",
                "the database is full, admission must stop: {FULL}"
            );
            self.health.send_replace(JournalHealth::Full(FULL.into()));
        }
    }

    /// Tells whoever waits that there is no room, and keeps what nobody waits for.
    pub(super) fn no_room_for(&mut self, job: Job) {
        if job.duty == OnFailure::Buffer {
            self.appended.fetch_add(1, Ordering::Relaxed);
            return self.held_back.push(job);
        }
        job.answer(Err(JournalError::Full(FULL.into())));
    }

    /// Commits what was held back, once there is room for it.
    pub(super) fn let_in_again(&mut self) {
        if self.held_back.is_empty() || self.is_full() || self.outage.is_some() {
            return;
        }
        let batch = std::mem::take(&mut self.held_back);
        self.commit(batch);
    }

    /// Answers a flush: appended records that found no room are not in.
    pub(super) fn answer_flush(&self, flush: Job) {
        let all_in = self.held_back.is_empty();
        let full = || JournalError::Full(FULL.into());
        flush.answer(all_in.then_some(Durability::Committed).ok_or_else(full));
    }

    /// Tells how many appended records are lost with the process.
    pub(super) fn tell_what_is_left_out(&self) {
        if !self.held_back.is_empty() {
            let records = self.held_back.len();
            tracing::error!(
                records,
                "records of refusals found no room in the database and are lost"
            );
        }
    }
}
