//! Records leave the database, a few at a time, and its file becomes smaller.

use super::{
    ArchiveError, ArchiveRules, Mover, MoverServices, crash_point::crash_point, pace::Pace,
    pick_up::open,
};
use crate::{
    domain::{Bundle, Effect, StoredSegment},
    store::StoreError,
};
use tokio::time::{Instant, sleep};

/// Free pages that are left alone: they come and go from day to day.
const FEW_PAGES: u32 = 64;

impl Mover {
    /// Lets the records leave that are in the newest segment, and gives back what they took. Does nothing
    /// where there is nothing to do.
    pub(super) async fn leave(&self, rules: &ArchiveRules) -> Result<(), ArchiveError> {
        let reader = self.0.services.reader.clone();
        let (base, newest) =
            self.blocking(move || Ok((reader.base()?.head.seq, reader.segments()?.pop()))).await?;
        if let Some(newest) = newest.filter(|newest| newest.last > base) {
            self.look_at(rules, newest.clone()).await?;
            self.let_go(base, &newest).await?;
        }
        self.shrink().await
    }

    /// Fails unless the segment is there as it is on record.
    async fn look_at(
        &self,
        rules: &ArchiveRules,
        newest: StoredSegment,
    ) -> Result<(), ArchiveError> {
        self.0.status.lock().step = "checking";
        let (rules, work) = (rules.clone(), self.work());
        self.blocking(move || {
            let (base, segments) = (work.reader.base()?, work.reader.segments()?);
            let folder = open(&rules, &base, &segments, &work)?;
            let missing =
                |why: String| ArchiveError::SegmentMissing(newest.name().into(), why.into());
            let examined =
                work.read_again(&folder, &newest.name()).map_err(|error| match error {
                    ArchiveError::Io(_, error) => missing(error.to_string()),
                    ArchiveError::NotWhole(problem) => missing(problem.to_string()),
                    error => error,
                })?;
            if examined.is(&newest) {
                Ok(())
            } else {
                Err(missing("it is another file".to_owned()))
            }
        })
        .await
    }

    async fn let_go(&self, mut base: u64, newest: &StoredSegment) -> Result<(), ArchiveError> {
        self.0.status.lock().step = "moving";
        let MoverServices { reader, journal, metrics, .. } = &self.0.services;
        let mut pace = Pace::ROWS;
        while base < newest.last {
            self.healthy().await?;
            let up_to = (base + u64::from(pace.next())).min(newest.last);
            let reading = reader.clone();
            let hash = self.blocking(move || Ok(reading.hash_at(up_to)?)).await?;
            // Any other hash than the database's own is refused by it, so a damaged one leaves nothing.
            let hash = hash.and_then(|hash| hash.try_into().ok()).unwrap_or_default();
            let begun = Instant::now();
            let effect = Effect::MoveRecords(up_to, hash);
            journal.commit(Bundle::default().with(effect)).await?;
            let moved = up_to - base;
            metrics.archived(moved);
            self.0.status.lock().records_done += moved;
            base = up_to;
            crash_point(if base < newest.last { "S5 begun" } else { "S5" });
            sleep(pace.took(begun.elapsed())).await;
        }
        Ok(())
    }

    /// Gives the pages back that nothing is in, where the database can.
    async fn shrink(&self) -> Result<(), ArchiveError> {
        let mut pace = Pace::PAGES;
        let (mut free, mut before) = self.free().await?;
        if free <= FEW_PAGES {
            return Ok(());
        }
        self.0.status.lock().step = "shrinking";
        while free > 0 {
            self.healthy().await?;
            let begun = Instant::now();
            let bundle = Bundle::default().with(Effect::Shrink(pace.next()));
            self.0.services.journal.commit(bundle).await?;
            crash_point("S6");
            sleep(pace.took(begun.elapsed())).await;
            let (left, size) = self.free().await?;
            // Calls may use free pages meanwhile, and what none of it frees is left.
            if left >= free {
                break;
            }
            // Step by step, for there may be a segment before this one that made room as well.
            self.0.status.lock().freed_bytes += before.saturating_sub(size);
            (free, before) = (left, size);
        }
        Ok(())
    }

    /// Returns the pages that can be given back, and the size of the database's file.
    async fn free(&self) -> Result<(u32, u64), ArchiveError> {
        let reader = self.0.services.reader.clone();
        self.blocking(move || {
            let pages = if reader.can_shrink()? { reader.free_pages()? } else { 0 };
            Ok::<_, StoreError>((pages, reader.file_size()?)).map_err(ArchiveError::Store)
        })
        .await
    }
}
