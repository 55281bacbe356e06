//! The end of the record, signed now and then and kept where the settings say.
//!
//! A checkpoint is the number and the hash of a record, signed: whoever holds a copy can prove later that the
//! record was changed. Calls never wait for one.

use super::{audit_lines::LinesOut, services::Services};
use crate::{
    audit::trust::{CheckpointFile, Notary, NotaryError},
    config::Settings,
    domain::{Clock, error_chain},
    notify::{Notice, Notifier},
    store::{ChainHead, Reader, StoreError},
    tasks::Tasks,
    telemetry::{LineKind, Metrics},
};
use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::{Instant, MissedTickBehavior, interval};

/// How often the record's end is looked at.
const LOOK: Duration = Duration::from_millis(250);

/// How long it waits after a failure, unless the settings say less.
const AFTER_FAILURE: Duration = Duration::from_secs(10);

/// Signs and keeps; clones share what they work with.
///
/// A checkpoint counts once it is in the file; a printed line is a copy.
#[derive(Debug, Clone)]
pub(super) struct Checkpoints {
    /// Signs.
    notary: Arc<Notary>,
    /// Reads the record's end.
    reader: Reader,
    /// Keeps them.
    file: CheckpointFile,
    /// Where copies are printed, if anywhere.
    lines: Option<LinesOut>,
    /// Counts them.
    metrics: Arc<Metrics>,
    /// After so many new records one is made.
    records: u64,
    /// After so long one is made, if anything is new.
    pause: Duration,
    /// Tells somebody of the first failure of a row.
    notifier: Notifier,
    /// Whether the last try failed.
    is_failing: Arc<AtomicBool>,
    /// Tells the time.
    clock: Arc<dyn Clock>,
    /// The last record that the file holds a checkpoint of, as far as this run knows.
    kept: Arc<AtomicU64>,
}

/// What came of looking at the record's end.
enum EndOfRecord {
    /// Nothing is new, or not enough yet.
    NothingToDo,
    /// One was made and kept.
    Signed,
}

/// A checkpoint was not made, or not kept.
///
/// It is tried again in 10 seconds at most.
#[derive(Debug, thiserror::Error)]
enum CheckpointFailure {
    #[error("the record's end cannot be read")]
    Read(#[from] StoreError),
    #[error("it was not signed")]
    Sign(#[from] NotaryError),
    #[error("it cannot be added to {0}")]
    Keep(Box<str>, #[source] io::Error),
}

/// Returns the file that the settings name.
pub(super) fn checkpoint_file(settings: &Settings) -> CheckpointFile {
    let usual = || settings.data.dir.join(CheckpointFile::USUAL);
    CheckpointFile::at(settings.audit.checkpoint_file.clone().unwrap_or_else(usual))
}

impl Checkpoints {
    /// Returns what signs the record of these rooms; nothing runs yet.
    pub(super) fn new(services: &Services, lines: Option<LinesOut>) -> Self {
        let settings = services.settings.now();
        let audit = &settings.audit;
        Self {
            notary: Arc::clone(&services.notary),
            reader: services.reader.clone(),
            file: checkpoint_file(&settings),
            lines,
            metrics: Arc::clone(&services.metrics),
            records: audit.checkpoint_records,
            pause: audit.checkpoint_interval,
            notifier: services.notifier.clone(),
            is_failing: Arc::default(),
            clock: Arc::clone(&services.clock),
            kept: Arc::new(AtomicU64::new(services.notary.signed())),
        }
    }

    /// Signs as often as the settings say, as long as the gateway runs.
    ///
    /// It looks four times a second. Blocking work is done apart from what serves.
    pub(super) fn stand(&self, tasks: &Tasks) {
        let (own, blocking) = (self.clone(), tasks.clone());
        tasks.spawn_background("checkpoints", async move {
            let mut ticks = interval(LOOK);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            // What an earlier run left unsigned is signed at once.
            let mut due = Instant::now();
            loop {
                ticks.tick().await;
                let (work, is_due) = (own.clone(), Instant::now() >= due);
                match blocking.run_blocking(move || work.look(is_due)).await {
                    Ok(Ok(EndOfRecord::NothingToDo)) => {}
                    Ok(Ok(EndOfRecord::Signed)) => due = Instant::now() + own.pause,
                    Ok(Err(failed)) => {
                        own.complain(&failed);
                        due = Instant::now() + own.pause.min(AFTER_FAILURE);
                        tokio::time::sleep_until(due).await;
                    }
                    Err(_) => return,
                }
            }
        });
    }

    /// Signs the very last record. Whoever writes the record should have stopped.
    ///
    /// An error is told and nothing else: the next start signs what is missing.
    pub(super) async fn sign_last(&self, tasks: &Tasks) {
        let work = self.clone();
        let signed = tasks.run_blocking(move || work.look(true)).await;
        if let Ok(Err(failed)) = signed {
            self.complain(&failed);
        }
    }

    /// Signs if enough is new, or if anything is and it is time.
    fn look(&self, is_due: bool) -> Result<EndOfRecord, CheckpointFailure> {
        let (head, kept) = (self.reader.head()?, self.kept.load(Ordering::Relaxed));
        let is_enough = head.seq.saturating_sub(kept) >= self.records;
        if head.seq == kept {
            // Nothing new came, so all there is is signed: an idle gateway is no cause for alarm.
            self.metrics.covered(self.clock.now());
        }
        if !is_enough && (!is_due || head.seq == kept) {
            return Ok(EndOfRecord::NothingToDo);
        }
        self.sign(head)?;
        Ok(EndOfRecord::Signed)
    }

    /// Signs, prints and keeps. The file decides whether it counts as made.
    fn sign(&self, head: ChainHead) -> Result<(), CheckpointFailure> {
        let signed = self.notary.sign(head)?;
        if let Some(out) = &self.lines {
            // A copy: the file is what counts.
            out.write(LineKind::Checkpoint, signed.line());
        }
        let path = || self.file.path().display().to_string().into();
        self.file.add(&signed.note).map_err(|error| CheckpointFailure::Keep(path(), error))?;
        self.kept.store(head.seq, Ordering::Relaxed);
        self.is_failing.store(false, Ordering::Relaxed);
        self.metrics.checkpointed(head.seq);
        self.metrics.covered(self.clock.now());
        tracing::debug!(seq = head.seq, "checkpoint signed");
        Ok(())
    }

    /// The records themselves are durable, so calls go on; what is missing is proof against whoever
    /// rewrites them.
    fn complain(&self, failed: &CheckpointFailure) {
        self.metrics.checkpoint_failed();
        if !self.is_failing.swap(true, Ordering::Relaxed) {
            let last = self.kept.load(Ordering::Relaxed);
            self.notifier.tell(&Notice::checkpoint_failed(&error_chain(failed), last));
        }
        let error: &dyn std::error::Error = failed;
        tracing::error!(error, "the end of the record is not signed or not kept; calls go on");
    }
}
