//! Verification of a record: whether it is whole, and whether it is all.

use super::{
    FirstBad, SegmentsReport, Verification, VerifyError,
    beginning::beginning_of,
    segments_report::{Deletions, SegmentsToRead},
    trust::{Completeness, SignedEvidence, judge},
    verify::verify_extent,
};
use crate::store::{ChainExtent, Reader, StoreError};
use std::path::Path;

/// What verification found. The parts are independent: a chain computed anew is whole, and a good
/// one may lack its end.
#[derive(Debug)]
pub struct VerifyReport {
    /// Whether each record is as it was written and follows the one before it.
    pub integrity: Result<Verification, FirstBad>,
    /// Whether all records are there that were signed, and are those that were signed.
    pub completeness: Completeness,
    /// What was found of the records that left the database.
    pub segments: SegmentsReport,
}

impl VerifyReport {
    /// Says whether nothing was found. Without any note only the first part can speak against a
    /// record.
    pub fn is_good(&self) -> bool {
        self.integrity.is_ok() && self.completeness.is_good() && self.segments.is_good()
    }
}

/// Verifies the database in `dir`, whether a gateway uses it or not; a copy does as well. Segments are read
/// from the folder `segments`, if one is given. Tells `progress` how many records are done, of how many. Blocks, and reads the whole record once.
/// Fails only if it cannot be read: what is wrong with it is in the report.
pub fn examine_database(
    dir: &Path,
    segments: Option<&Path>,
    evidence: SignedEvidence,
    mut progress: impl FnMut(u64, u64),
) -> Result<VerifyReport, StoreError> {
    let mut marks = evidence.marks();
    let mut reached = 0;
    let mut deletions = Deletions::default();
    let mut extent = None;
    let checked = Reader::open(dir)?.scan(|found, records| {
        // What left is not reached again.
        reached = found.base.seq;
        marks.see(beginning_of(found.base));
        deletions = Deletions::kept(found);
        extent = Some(found.clone());
        verify_extent(records, found, evidence.keys(), &mut |record, head| {
            reached = head.seq;
            marks.see(head);
            deletions.see(record);
            progress(head.seq, found.head.seq);
        })
    })?;
    let segments = extent.as_ref().map(|extent: &ChainExtent| {
        let keys = evidence.keys();
        let to_read = SegmentsToRead { dir: segments, extent, deletions: &deletions, keys };
        to_read.examine(&mut marks, &mut |done| progress(done, extent.head.seq))
    });
    let segments = segments.unwrap_or_default();
    let integrity = match checked {
        Ok(good) => Ok(good),
        Err(VerifyError::Bad(bad)) => Err(bad),
        Err(VerifyError::Store(error)) => return Err(error),
    };
    // Behind a bad record nothing was looked at, so that nothing can be missed there.
    let ends = match &integrity {
        Ok(_) => Some(reached),
        Err(bad) => bad.problem.is_of_the_end().then_some(reached),
    };
    let completeness = judge(evidence, &marks, reached, ends, None);
    Ok(VerifyReport { integrity, completeness, segments })
}
