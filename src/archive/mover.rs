//! Moves old days out of the database, in the background.

use super::{
    ArchiveError, ArchiveRules, HeldBack, archived::Archived, plan::limit, progress::ArchiveStatus,
    write::SegmentWork,
};
use crate::{
    audit::trust::Notary,
    domain::{Actor, Clock, Timestamp},
    store::{Journal, JournalHealth, Reader},
    tasks::Tasks,
    telemetry::Metrics,
};
use parking_lot::Mutex;
use std::{fmt, path::PathBuf, sync::Arc, time::Duration};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How long after the start it is looked for the first time.
const FIRST: Duration = Duration::from_mins(1);

/// How often it is looked from then on.
const PAUSE: Duration = Duration::from_hours(1);

/// How long after a failure it is tried again.
const AFTER_FAILURE: Duration = Duration::from_mins(10);

/// What a mover works with.
#[derive(Clone)]
pub struct MoverServices {
    /// Reads the record.
    pub reader: Reader,
    /// Writes the record.
    pub journal: Journal,
    /// Signs segments.
    pub notary: Arc<Notary>,
    /// Runs what blocks.
    pub tasks: Tasks,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Counts.
    pub metrics: Arc<Metrics>,
    /// Tells what the settings say now; asked at each turn.
    pub rules: Arc<dyn Fn() -> ArchiveRules + Send + Sync>,
}

/// Moves old days into segments, and deletes segments in their time; clones are the same one.
///
/// It does one thing at a time, and keeps nothing between two turns: where it stands is read from the database
/// and the folder, so that it can be ended at any moment.
#[derive(Debug, Clone)]
pub struct Mover(pub(super) Arc<MoverInner>);

pub(super) struct MoverInner {
    pub(super) services: MoverServices,
    pub(super) status: Mutex<ArchiveStatus>,
    stop: CancellationToken,
    wake: Notify,
    asked: Mutex<Option<MoveOrder>>,
}

/// What somebody asked for.
#[derive(Debug, Clone)]
struct MoveOrder {
    before: Timestamp,
    by: Actor,
}

impl Mover {
    /// Returns a mover that does nothing yet.
    pub fn new(services: MoverServices) -> Self {
        Self(Arc::new(MoverInner {
            services,
            status: Mutex::default(),
            stop: CancellationToken::new(),
            wake: Notify::new(),
            asked: Mutex::default(),
        }))
    }

    /// Looks after old days as long as the gateway runs, or until it is stopped.
    pub fn stand(&self) {
        let own = self.clone();
        let stopped = self.0.stop.clone().cancelled_owned();
        self.0.services.tasks.spawn_background("archive", async move {
            tokio::select! {
                () = stopped => {}
                () = own.look_after() => {}
            }
        });
    }

    async fn look_after(&self) {
        let mut pause = FIRST;
        loop {
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.0.wake.notified() => {}
            }
            pause = if self.turn().await.is_ok() { PAUSE } else { AFTER_FAILURE };
        }
    }

    /// Asks for everything from before a time to be moved, in the background. Fails if records are being
    /// moved already.
    pub fn ask(&self, before: Timestamp, by: Actor) -> Result<(), ArchiveError> {
        let mut status = self.0.status.lock();
        if status.running {
            return Err(ArchiveError::Running);
        }
        // At once, so that whoever looks next sees that it goes on.
        status.begin(Some(before));
        status.failed = None;
        *self.0.asked.lock() = Some(MoveOrder { before, by });
        self.0.wake.notify_one();
        Ok(())
    }

    /// Returns how far it is.
    pub fn status(&self) -> ArchiveStatus {
        self.0.status.lock().clone()
    }

    /// Returns how many records would leave the database, and what would hold others back. Nothing is
    /// changed.
    pub async fn outlook(
        &self,
        before: Timestamp,
    ) -> Result<(u64, Option<HeldBack>), ArchiveError> {
        let (reader, now) = (self.0.services.reader.clone(), self.0.services.clock.now());
        self.blocking(move || {
            let base = reader.base()?.head.seq;
            let found = limit(&reader, before, now)?;
            Ok((found.last.saturating_sub(base), found.held_back))
        })
        .await
    }

    /// Returns the way to read records wherever they are.
    pub fn archived(&self) -> Archived {
        let MoverServices { reader, rules, .. } = &self.0.services;
        Archived::new(reader.clone(), Arc::clone(rules))
    }

    /// Returns the folder that segments are in, as the settings say now.
    pub fn folder(&self) -> PathBuf {
        (self.0.services.rules)().folder.path().to_owned()
    }

    /// Begins nothing new any more; what is half done goes on with the next start.
    pub fn stop(&self) {
        self.0.stop.cancel();
    }

    /// Does all that is due, once.
    pub async fn turn(&self) -> Result<(), ArchiveError> {
        let rules = (self.0.services.rules)();
        let now = self.0.services.clock.now();
        let asked = self.0.asked.lock().take();
        let by_keep = rules.keep.map(|keep| now.minus(keep).utc_day());
        let before = asked.as_ref().map(|order| order.before).or(by_keep);
        let by = asked.map_or(Actor::GATEWAY, |order| order.by);
        self.0.status.lock().begin(before);
        let done = self.do_all(&rules, before, &by).await;
        let was_failing = self.0.status.lock().failed.is_some();
        self.0.status.lock().end(&done, now);
        self.tell(&done, was_failing);
        done
    }

    async fn do_all(
        &self,
        rules: &ArchiveRules,
        before: Option<Timestamp>,
        by: &Actor,
    ) -> Result<(), ArchiveError> {
        // What an earlier run left half done comes first.
        self.leave(rules).await?;
        if let Some(before) = before {
            while self.next_segment(rules, before, by).await? {
                self.leave(rules).await?;
            }
        }
        self.delete_old(rules).await
    }

    /// Counts, and logs the first failure of a row and its end.
    fn tell(&self, done: &Result<(), ArchiveError>, was_failing: bool) {
        match done {
            Ok(()) if was_failing => tracing::info!("old records are moved again"),
            Ok(()) | Err(ArchiveError::Stopping) => {}
            Err(error) => {
                self.0.services.metrics.archive_failed();
                let (code, cause): (_, &dyn std::error::Error) = (error.code(), error);
                if !was_failing {
                    let event = "archive_failed";
                    tracing::error!(
                        event,
                        code,
                        error = cause,
                        "old records are not moved; they stay"
                    );
                }
            }
        }
        self.measure();
    }

    /// Shows where the record begins, and what lies in segments.
    fn measure(&self) {
        let MoverServices { reader, metrics, .. } = &self.0.services;
        if let (Ok(base), Ok(segments)) = (reader.base(), reader.segments()) {
            let there = segments.iter().filter(|segment| segment.deleted_at.is_none());
            let (count, bytes) = there.fold((0, 0), |(n, sum), one| (n + 1, sum + one.bytes));
            metrics.set_segments(count, bytes, base.head.seq + 1);
        }
    }

    /// Waits until the journal can commit. A full database is no reason to wait: what leaves makes room.
    pub(super) async fn healthy(&self) -> Result<(), ArchiveError> {
        let mut health = self.0.services.journal.health();
        let able = health.wait_for(|health| !matches!(health, JournalHealth::Failed(_))).await;
        able.map(drop).map_err(|_| ArchiveError::Stopping)
    }

    pub(super) fn work(&self) -> SegmentWork {
        let MoverServices { reader, notary, .. } = &self.0.services;
        let (reader, notary) = (reader.clone(), Arc::clone(notary));
        SegmentWork { reader, notary, stop: self.0.stop.clone() }
    }

    /// Runs work where it may block.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, ArchiveError> + Send + 'static,
    ) -> Result<T, ArchiveError> {
        let done = self.0.services.tasks.run_blocking(work).await;
        done.map_err(|_| ArchiveError::Stopping)?
    }
}

impl fmt::Debug for MoverInner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mover").field("status", &*self.status.lock()).finish_non_exhaustive()
    }
}

impl fmt::Debug for MoverServices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MoverServices").finish_non_exhaustive()
    }
}
