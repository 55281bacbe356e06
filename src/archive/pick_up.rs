//! The next segment: one that a crash left on no record, or one that is written now.

use super::{
    ArchiveError, ArchiveRules, MovedSegment, Mover,
    crash_point::crash_point,
    folder::{ArchiveFolder, Expected},
    names::numbers,
    plan::{Limit, limit, next_segment},
    record::archived,
    write::SegmentWork,
};
use crate::{
    audit::segment::ExaminedSegment,
    domain::{Actor, StoredSegment, Timestamp},
    store::{ChainBase, ChainHead},
};

/// A segment whose file is whole and on no record, and the folder it is in.
struct Unrecorded {
    segment: StoredSegment,
    folder: Box<str>,
}

impl Mover {
    /// Makes the next segment and puts it on record; `false` where there is none to make. Records leave the
    /// database later.
    pub(super) async fn next_segment(
        &self,
        rules: &ArchiveRules,
        before: Timestamp,
        by: &Actor,
    ) -> Result<bool, ArchiveError> {
        self.healthy().await?;
        let (own, rules, work) = (self.clone(), rules.clone(), self.work());
        let found = self.blocking(move || own.find_or_write(&rules, before, &work)).await?;
        let Some(Unrecorded { segment, folder }) = found else { return Ok(false) };
        let moved = MovedSegment::of(&segment);
        let bundle = archived(segment, &folder, by, self.0.services.clock.now());
        // A failure may come from a commit that is in all the same: the next turn looks at what is there.
        self.0.services.journal.commit(bundle).await?;
        crash_point("S4");
        self.0.status.lock().segments.push(moved);
        Ok(true)
    }

    fn find_or_write(
        &self,
        rules: &ArchiveRules,
        before: Timestamp,
        work: &SegmentWork,
    ) -> Result<Option<Unrecorded>, ArchiveError> {
        let (base, segments) = (work.reader.base()?, work.reader.segments()?);
        let now = self.0.services.clock.now();
        let Limit { last, held_back } = limit(&work.reader, before, now)?;
        {
            let mut status = self.0.status.lock();
            status.held_back = held_back;
            status.records_of =
                status.records_done.max(status.records_done + last.saturating_sub(base.head.seq));
        }
        let after = newest(&base, &segments);
        let Some(plan) = next_segment(&work.reader, after, last)? else { return Ok(None) };
        self.0.status.lock().step = "writing";
        let folder = open(rules, &base, &segments, work)?;
        folder.remove_parts()?;
        let examined = match left(&folder, after, work)? {
            Some(left) => left,
            None => work.write(&folder, &plan)?,
        };
        Ok(Some(Unrecorded { segment: examined.stored(), folder: folder.id().into() }))
    }
}

/// Returns the last record that is in a segment.
fn newest(base: &ChainBase, segments: &[StoredSegment]) -> ChainHead {
    let of = |newest: &StoredSegment| ChainHead { seq: newest.last, hash: newest.hash };
    // Where nothing left, what the first record follows is not what the database holds for it.
    segments.last().map_or_else(|| crate::audit::beginning_of(base.head), of)
}

/// Opens the folder; while segments are on record they must be in it.
pub(super) fn open(
    rules: &ArchiveRules,
    base: &ChainBase,
    segments: &[StoredSegment],
    work: &SegmentWork,
) -> Result<ArchiveFolder, ArchiveError> {
    let is_there = |segment: &StoredSegment| segment.deleted_at.is_none();
    let expected =
        if segments.iter().any(is_there) { Expected::Segments } else { Expected::Anything };
    ArchiveFolder::open(&rules.folder, base, expected, work.notary.key().name())
}

/// Returns the segment that a crash left before it was on record: one that is ours, whole, and what the
/// database holds. Any other file that begins there is in the way.
fn left(
    folder: &ArchiveFolder,
    after: ChainHead,
    work: &SegmentWork,
) -> Result<Option<ExaminedSegment>, ArchiveError> {
    let begins = |name: &String| numbers(name).is_some_and(|(first, _)| first == after.seq + 1);
    let Some(name) = folder.names()?.into_iter().find(begins) else { return Ok(None) };
    let foreign = |why: &str| ArchiveError::Foreign(folder.file(&name), why.into());
    let examined = work.read_again(folder, &name).map_err(|error| match error {
        ArchiveError::NotWhole(_) => foreign("it is no whole segment"),
        error => error,
    })?;
    let is_next = examined.manifest.prev_hash == after.hash
        && examined.manifest.first == after.seq + 1
        && examined.stored().name() == name;
    work.fits(&examined, is_next).map_err(|error| match error {
        ArchiveError::Foreign(_, why) => foreign(&why),
        error => error,
    })?;
    Ok(Some(examined))
}
