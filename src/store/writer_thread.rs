//! The journal's thread: takes everything that waits, commits it together, wakes all.
//!
//! It alone commits. The thread sleeps while there is nothing to do: it wakes for bundles, for a
//! try during an outage, and for a log that is not small.

use super::{
    CommitWatch, Durability, JournalError, JournalHealth, SealedRecord,
    bundle_writer::SMALL_LOG,
    chain_writer::{BundleResult, ChainWriter, ChainedRecords},
    job::{Job, LogReply, Message, OnFailure},
    outage::Outage,
    spill::SpillFile,
};
use crate::domain::{AuditRecord, Clock};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::{Duration, Instant},
};
use tokio::sync::{broadcast, oneshot, watch};

/// Bundles in one transaction at most, so that the first of them does not wait for ever. Those
/// beyond it are committed in the next one.
const MOST_AT_ONCE: usize = 1024;

/// How long the writer waits before it tries a failed database again. It is the same after each
/// try, however long the outage lasts.
pub(super) const RETRY: Duration = Duration::from_millis(500);

/// How often the writer looks after the log when nothing is to be committed. A small log needs no
/// look.
const TIDY: Duration = Duration::from_secs(1);

/// The only writer. It runs until the last journal is dropped or one is closed, and outlives every
/// caller's future.
pub(super) struct WriterThread {
    pub(super) chain: ChainWriter,
    pub(super) spill: SpillFile,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) watch: Arc<dyn CommitWatch>,
    pub(super) health: watch::Sender<JournalHealth>,
    pub(super) committed: broadcast::Sender<Arc<SealedRecord>>,
    pub(super) appended: Arc<AtomicUsize>,
    pub(super) retry: Duration,
    /// How much lies beside the database's own file.
    pub(super) log_size: u64,
    /// Appended records that found no room in the database.
    pub(super) held_back: Vec<Job>,
    /// What is owed since the database failed; `None` while it works.
    pub(super) outage: Option<Outage>,
}

impl WriterThread {
    /// Works until it is told to close, or until nobody can give it work any more. What is owed is
    /// tried a last time before it ends. When a close is answered, the database is closed and all
    /// later bundles are refused.
    pub(super) fn run(mut self, inbox: Receiver<Message>) {
        let mut closed = None;
        // A former run that was killed may have left a large log, which nobody would look after
        // until the first commit.
        self.tidy();
        while let Some(first) = self.wait(&inbox) {
            let WriterBatch { batch, clear, close } = gather(first, &inbox);
            if !batch.is_empty() {
                self.handle(batch);
            }
            if !clear.is_empty() {
                self.clear_log(clear);
            }
            if close.is_some() {
                closed = close;
                break;
            }
        }
        self.finish();
        // From here on everything is refused, and only then the close is answered.
        drop((self, inbox));
        closed.map(|reply| reply.send(()).ok());
    }

    /// Waits for work; while the database fails, tries it again whenever a try is due. Returns
    /// nothing when all journals are gone.
    fn wait(&mut self, inbox: &Receiver<Message>) -> Option<Message> {
        loop {
            let pause = match &self.outage {
                Some(outage) => outage.until_retry(),
                None if self.log_size <= SMALL_LOG && !self.is_full() => return inbox.recv().ok(),
                None => TIDY,
            };
            match inbox.recv_timeout(pause) {
                Ok(message) => return Some(message),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if self.outage.is_some() {
                self.try_again();
            } else {
                self.tidy();
                self.look_at_room();
                self.let_in_again();
            }
        }
    }

    /// Looks after what grows beside the database; that this fails is no reason to stop. It is
    /// tried again after the next commit or second.
    fn tidy(&mut self) {
        match self.chain.tidy() {
            Ok(size) => {
                self.log_size = size;
                self.watch.log_grew(size);
            }
            Err(error) => tracing::debug!(error, "the database's log could not be looked after"),
        }
    }

    /// Between two transactions, since the log cannot be cleared within one.
    fn clear_log(&mut self, waiting: Vec<LogReply>) {
        let cleared = if let Some(outage) = &self.outage {
            Err(JournalError::Unavailable(outage.reason.clone()))
        } else {
            let cleared = self.chain.clear_log();
            cleared.map_err(|error| JournalError::Unavailable(error.to_string().into()))
        };
        for reply in waiting {
            // Whoever does not wait any more need not be told.
            drop(reply.send(cleared.clone()));
        }
    }

    fn handle(&mut self, batch: Vec<Job>) {
        if self.outage.is_some() {
            self.reject(batch);
        } else {
            self.commit(batch);
        }
    }

    pub(super) fn commit(&mut self, batch: Vec<Job>) {
        if batch.iter().all(Job::is_flush) {
            // A flush alone has nothing to wait for: all that was given before it is in.
            return batch.into_iter().for_each(|job| self.answer_flush(job));
        }
        let started = Instant::now();
        match self.chain.write(&batch) {
            Ok(verdicts) => {
                self.watch.committed(batch.len(), started.elapsed());
                // Before anybody is answered, so that who was refused finds the gateway not ready.
                self.look_at_room();
                // Answered before tidying, which may cut the log off: no call waits for that.
                self.acknowledge(batch, verdicts);
                self.tidy();
            }
            Err(cause) => self.fail(batch, &*cause),
        }
    }

    /// Publishes and answers; everything in `batch` is durable, or was rejected alone. A record is
    /// published before whoever waits for it is answered.
    fn acknowledge(&mut self, batch: Vec<Job>, verdicts: Vec<BundleResult>) {
        for (mut job, verdict) in batch.into_iter().zip(verdicts) {
            if job.duty == OnFailure::Buffer {
                self.appended.fetch_sub(1, Ordering::Relaxed);
            }
            let answer = match verdict {
                BundleResult::NoRoom => {
                    self.no_room_for(job);
                    continue;
                }
                BundleResult::WasIn => Ok(Durability::Committed),
                BundleResult::In(_) if job.is_flush() => {
                    self.answer_flush(job);
                    continue;
                }
                BundleResult::In(written) => {
                    self.publish(written, std::mem::take(&mut job.bundle.records));
                    Ok(Durability::Committed)
                }
                BundleResult::Rejected(reason, written) => {
                    tracing::error!(
                        reason,
                        records = written.links.len(),
                        "a bundle contradicts what is stored"
                    );
                    self.publish(written, std::mem::take(&mut job.bundle.records));
                    Err(JournalError::Rejected(reason))
                }
            };
            job.answer(answer);
        }
    }

    /// Publishes records as they were written, which of those that name an end user is not as they
    /// were given.
    pub(super) fn publish(&self, written: ChainedRecords, given: Vec<AuditRecord>) {
        // Without a subscriber there is no reason to copy each record into an allocation of its
        // own.
        if self.committed.receiver_count() == 0 {
            return;
        }
        let records = written.records.unwrap_or(given);
        for (link, record) in written.links.into_iter().zip(records) {
            self.committed.send(Arc::new(SealedRecord::new(link, record))).ok();
        }
    }

    /// Tries a last time to get everything in, then closes the database.
    fn finish(&mut self) {
        if self.outage.is_some() {
            self.try_again();
        }
        self.let_in_again();
        self.tell_what_is_left_out();
        if let Err(error) = self.chain.close() {
            tracing::warn!(error, "the database was not tidied up at the end");
        }
    }
}

impl Drop for WriterThread {
    /// Says that nothing can be committed any more, also when this thread panics.
    fn drop(&mut self) {
        self.health.send_replace(JournalHealth::Failed("the journal is closed".into()));
    }
}

/// What the writer takes at once.
struct WriterBatch {
    batch: Vec<Job>,
    /// Who waits for the log to be cleared after that.
    clear: Vec<LogReply>,
    /// Who waits for the end after that.
    close: Option<oneshot::Sender<()>>,
}

/// Takes everything that waits behind `first`; a close takes effect after all of it. At most
/// [`MOST_AT_ONCE`] bundles are taken, but with a close everything that waits.
fn gather(first: Message, inbox: &Receiver<Message>) -> WriterBatch {
    let (mut batch, mut clear, mut close) = (Vec::new(), Vec::new(), None);
    let mut next = Some(first);
    while let Some(message) = next {
        match message {
            Message::Write(job) => batch.push(job),
            Message::ClearLog(reply) => clear.push(reply),
            Message::Close(reply) => close = Some(reply),
        }
        // With a close there is no next batch: whatever was left behind would be lost.
        let has_room = close.is_some() || batch.len() < MOST_AT_ONCE;
        next = has_room.then(|| inbox.try_recv().ok()).flatten();
    }
    WriterBatch { batch, clear, close }
}
