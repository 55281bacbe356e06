//! A segment is written, read again, and gets its name.

use super::{ArchiveError, crash_point::crash_point, folder::ArchiveFolder, plan::SegmentPlan};
use crate::{
    audit::{
        segment::{
            ExaminedSegment, SegmentSubject, SegmentWriteError, SegmentWriter, examine_segment,
        },
        trust::Notary,
    },
    domain::segment_name,
    store::{Reader, RecordQuery},
};
use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};
use tokio_util::sync::CancellationToken;

/// Records that are in memory at once. Each page is a read of its own, so that the database's log can shrink
/// in between.
const PAGE: usize = 2000;

/// What segments are written with. Everything here blocks.
#[derive(Debug, Clone)]
pub(super) struct SegmentWork {
    pub(super) reader: Reader,
    pub(super) notary: std::sync::Arc<Notary>,
    pub(super) stop: CancellationToken,
}

impl SegmentWork {
    /// Writes the records of a plan into a segment that is durable, was read again whole, and has its name.
    /// It is on no record yet. On a failure nothing is left of it.
    pub(super) fn write(
        &self,
        folder: &ArchiveFolder,
        plan: &SegmentPlan,
    ) -> Result<ExaminedSegment, ArchiveError> {
        folder.has_room(plan.bytes)?;
        let name = segment_name(plan.before.seq + 1, plan.last);
        let written = self.write_part(folder, plan, &name);
        if written.is_err() {
            // Told by the failure before it, whatever becomes of this.
            folder.remove(&folder.part(&name)).ok();
        }
        written
    }

    fn write_part(
        &self,
        folder: &ArchiveFolder,
        plan: &SegmentPlan,
        name: &str,
    ) -> Result<ExaminedSegment, ArchiveError> {
        let path = || folder.path().to_owned();
        let file = self.pack(plan, BufWriter::new(folder.begin(name)?), &path())?;
        let synced = file.into_inner().map_err(io::IntoInnerError::into_error);
        let synced = synced.and_then(|file| file.sync_all());
        synced.map_err(|error| ArchiveError::of_writing(path(), error))?;
        crash_point("S1");
        let examined = self.read_again(folder, &folder.part(name))?;
        let is_planned = examined.manifest.first == plan.before.seq + 1
            && examined.manifest.prev_hash == plan.before.hash;
        self.fits(&examined, is_planned)?;
        crash_point("S2");
        folder.publish(name)?;
        crash_point("S3");
        Ok(examined)
    }

    /// Packs the records into `out`, and returns it with all that belongs into a segment.
    pub(super) fn pack<W: Write>(
        &self,
        plan: &SegmentPlan,
        out: W,
        folder: &Path,
    ) -> Result<W, ArchiveError> {
        let failed = |error: SegmentWriteError| match error {
            SegmentWriteError::Io(error) => ArchiveError::of_writing(folder.to_owned(), error),
            bad @ SegmentWriteError::Record { .. } => ArchiveError::Record(bad),
        };
        let subject = SegmentSubject {
            key: self.notary.key().clone(),
            created: self.notary.now(),
            before: plan.before,
            last: plan.last,
        };
        let mut segment =
            SegmentWriter::begin(subject, out).map_err(|error| failed(error.into()))?;
        while segment.head().seq < plan.last {
            self.goes_on()?;
            let query = RecordQuery {
                after_seq: Some(segment.head().seq),
                up_to_seq: Some(plan.last),
                limit: Some(PAGE),
                ..RecordQuery::default()
            };
            let page = self.reader.records(&query)?;
            if page.is_empty() {
                break;
            }
            page.iter().try_for_each(|record| segment.record(record)).map_err(failed)?;
            crash_point("S1 begun");
        }
        let goes_on = || !self.stop.is_cancelled();
        let checkpoint = self.notary.sign_past(&self.reader, segment.head(), &goes_on)?;
        segment.end(&self.notary, &checkpoint).map(|(out, _)| out).map_err(failed)
    }

    /// Reads a segment whole, as whoever comes later will.
    pub(super) fn read_again(
        &self,
        folder: &ArchiveFolder,
        name: &str,
    ) -> Result<ExaminedSegment, ArchiveError> {
        let path = folder.file(name);
        let file = File::open(&path).map_err(|error| ArchiveError::Io(path, error))?;
        let examined = examine_segment(file, &mut |_| {}).map_err(ArchiveError::NotWhole)?;
        self.goes_on()?;
        Ok(examined)
    }

    /// Fails unless a segment is ours and ends with the record that the database has at its end.
    pub(super) fn fits(
        &self,
        examined: &ExaminedSegment,
        is_planned: bool,
    ) -> Result<(), ArchiveError> {
        let manifest = &examined.manifest;
        let hash = self.reader.hash_at(manifest.last.seq)?;
        let is_here = hash.is_some_and(|hash| *hash == manifest.last.hash);
        if is_planned && is_here && manifest.key == *self.notary.key() {
            return Ok(());
        }
        let name = segment_name(manifest.first, manifest.last.seq);
        Err(ArchiveError::Foreign(name.into(), "it holds other records than this database".into()))
    }

    fn goes_on(&self) -> Result<(), ArchiveError> {
        if self.stop.is_cancelled() { Err(ArchiveError::Stopping) } else { Ok(()) }
    }
}
