//! Segments are deleted in their time: first on record, then the file.

use super::{
    ArchiveError, ArchiveRules, Mover, crash_point::crash_point, pick_up::open, record::deleted,
};
use crate::domain::{StoredSegment, Timestamp};
use std::fs;

impl Mover {
    /// Deletes the segments that are older than the settings say, oldest first, and files that a crash left
    /// of those that were.
    pub(super) async fn delete_old(&self, rules: &ArchiveRules) -> Result<(), ArchiveError> {
        let now = self.0.services.clock.now();
        let before = rules.archive_keep.map(|keep| now.minus(keep).utc_day());
        let reader = self.0.services.reader.clone();
        let (base, segments) =
            self.blocking(move || Ok((reader.base()?.head.seq, reader.segments()?))).await?;
        for segment in &segments {
            if !is_due(segment, before, base) {
                // Those behind are later; and without gaps is how completeness is told.
                if segment.deleted_at.is_none() {
                    break;
                }
                continue;
            }
            self.healthy().await?;
            // The folder is looked at first: what is on record as deleted must be deleted.
            self.in_folder(rules, None).await?;
            self.0.services.journal.commit(deleted(segment, now)).await?;
            crash_point("D1");
            self.in_folder(rules, Some(segment.clone())).await?;
            crash_point("D2");
        }
        let left = segments.into_iter().filter(|one| one.deleted_at.is_some() && one.bytes > 0);
        self.remove_left(rules, left.collect()).await
    }

    /// Opens the folder, and takes the file of a segment out of it.
    async fn in_folder(
        &self,
        rules: &ArchiveRules,
        gone: Option<StoredSegment>,
    ) -> Result<(), ArchiveError> {
        let (rules, work) = (rules.clone(), self.work());
        self.blocking(move || {
            let (base, mut segments) = (work.reader.base()?, work.reader.segments()?);
            // Also where it was the last one: it is in the folder that is on record, and in no other.
            segments.extend(gone.clone());
            let folder = open(&rules, &base, &segments, &work)?;
            gone.map_or(Ok(()), |gone| folder.remove(&gone.name()))
        })
        .await
    }

    /// Takes files away whose segments were deleted on record, where a crash came in between.
    async fn remove_left(
        &self,
        rules: &ArchiveRules,
        deleted: Vec<StoredSegment>,
    ) -> Result<(), ArchiveError> {
        let folder = rules.folder.path().to_owned();
        let is_there = move |segment: &StoredSegment| {
            let about = fs::metadata(folder.join(segment.name()));
            about.is_ok_and(|about| about.len() == segment.bytes)
        };
        let left =
            self.blocking(move || Ok(deleted.into_iter().filter(is_there).collect::<Vec<_>>()));
        for mut segment in left.await? {
            segment.deleted_at = None;
            self.in_folder(rules, Some(segment)).await?;
        }
        Ok(())
    }
}

/// Says whether a segment is to be deleted: all of it is older, and all of its records left the database.
fn is_due(segment: &StoredSegment, before: Option<Timestamp>, base: u64) -> bool {
    segment.deleted_at.is_none()
        && segment.last <= base
        && before.is_some_and(|before| segment.last_at < before)
}
