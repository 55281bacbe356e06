//! Whether the segments of a record are there, and are those that left.

use super::{
    packed::PackedProblem,
    segment::{ExaminedSegment, SegmentProblem, examine_segment},
    trust::{Marks, VerifierKey},
};
use crate::{
    domain::{Action, AuditRecord, StoredSegment, Timestamp},
    store::{ChainExtent, ChainHead, RawRecord},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// What was found of the records that left a database.
#[derive(Debug, Default)]
pub struct SegmentsReport {
    /// Where segments were looked for; nowhere if no folder was named.
    pub dir: Option<PathBuf>,
    /// The segments that were read and are good, each by its first and last record.
    pub read: Vec<(u64, u64)>,
    /// The segments of which nothing was read, from the first on.
    pub missing: Vec<MissingSegment>,
    /// Files that are no segments of this record, with what they are.
    pub foreign: Vec<(String, String)>,
    /// Segments that are not what was signed, with what is wrong.
    pub bad: Vec<(String, String)>,
}

/// A segment that was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingSegment {
    /// The name of its file.
    pub name: String,
    /// The number of its first record.
    pub first: u64,
    /// The number of its last record.
    pub last: u64,
    /// Why it was not read.
    pub why: MissingReason,
}

/// Why a segment was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MissingReason {
    /// It was deleted, and this record says so.
    Deleted(Timestamp, u64),
    /// Its records were accepted as lost, and there never was a file.
    Lost(Timestamp),
    /// It is not there.
    NotFound,
    /// It is there and cannot be read.
    Unreadable(String),
}

/// Which segments the record says were deleted, by name.
#[derive(Debug, Default)]
pub(super) struct Deletions(BTreeMap<String, u64>);

impl Deletions {
    /// Returns those among the changes that a database keeps.
    pub(super) fn kept(extent: &ChainExtent) -> Self {
        let mut own = Self::default();
        for kept in &extent.kept {
            own.add(&kept.action, kept.seq, &kept.bytes);
        }
        own
    }

    /// Looks at a record of the database.
    pub(super) fn see(&mut self, record: &RawRecord) {
        self.add(&record.action, record.seq, &record.bytes);
    }

    fn add(&mut self, action: &str, seq: i64, bytes: &[u8]) {
        if action != Action::AuditSegmentDelete.as_str() {
            return;
        }
        if let Ok(record) = serde_json::from_slice::<AuditRecord>(bytes) {
            self.0.insert(record.resource.into(), seq.cast_unsigned());
        }
    }
}

/// Where segments are, and what is held against them.
pub(super) struct SegmentsToRead<'e> {
    pub(super) dir: Option<&'e Path>,
    pub(super) extent: &'e ChainExtent,
    pub(super) deletions: &'e Deletions,
    pub(super) keys: &'e [VerifierKey],
}

impl SegmentsToRead<'_> {
    /// Reads all segments that are there. Tells `marks` of each record, and `progress` how many are done.
    /// Blocks.
    pub(super) fn examine(
        &self,
        marks: &mut Marks,
        progress: &mut dyn FnMut(u64),
    ) -> SegmentsReport {
        let dir = self.dir.map(Path::to_owned);
        let mut report = SegmentsReport { dir, ..SegmentsReport::default() };
        for segment in &self.extent.segments {
            self.one(segment, &mut report, marks, progress);
        }
        self.others(&mut report);
        report
    }

    fn one(
        &self,
        segment: &StoredSegment,
        report: &mut SegmentsReport,
        marks: &mut Marks,
        progress: &mut dyn FnMut(u64),
    ) {
        let name = segment.name();
        let mut missing = |why| {
            let StoredSegment { first, last, .. } = *segment;
            let name = segment.name();
            report.missing.push(MissingSegment { name, first, last, why });
        };
        match (segment.deleted_at, self.deletions.0.get(&name)) {
            (Some(at), _) if segment.bytes == 0 => return missing(MissingReason::Lost(at)),
            (Some(at), Some(record)) => return missing(MissingReason::Deleted(at, *record)),
            (Some(_), None) => {
                let problem = "is said to be deleted, and no record says so";
                return report.bad.push((name, problem.to_owned()));
            }
            (None, _) => {}
        }
        match self.read(&name, marks, progress) {
            Ok(examined) if examined.is(segment) => report.read.push((segment.first, segment.last)),
            Ok(_) => {
                let problem = "is another file than the one on record";
                report.bad.push((name, problem.to_owned()));
            }
            Err(SegmentProblem::Packed(PackedProblem::Io(error)))
                if error.kind() == io::ErrorKind::NotFound =>
            {
                missing(MissingReason::NotFound);
            }
            Err(SegmentProblem::Packed(PackedProblem::Io(error))) => {
                missing(MissingReason::Unreadable(error.to_string()));
            }
            Err(problem) => report.bad.push((name, problem.to_string())),
        }
    }

    fn read(
        &self,
        name: &str,
        marks: &mut Marks,
        progress: &mut dyn FnMut(u64),
    ) -> Result<ExaminedSegment, SegmentProblem> {
        let dir = self.dir.ok_or_else(|| PackedProblem::Io(io::ErrorKind::NotFound.into()))?;
        let file = File::open(dir.join(name)).map_err(PackedProblem::Io)?;
        examine_segment(file, &mut |record| {
            marks.see(ChainHead { seq: record.seq, hash: record.hash });
            progress(record.seq);
        })
    }

    /// Names the files that look like segments and are on no record here.
    fn others(&self, report: &mut SegmentsReport) {
        let known: BTreeSet<_> = self.extent.segments.iter().map(StoredSegment::name).collect();
        let entries = self.dir.and_then(|dir| fs::read_dir(dir).ok()).into_iter().flatten();
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let is_other = |name: &String| name.ends_with(".jsonl.zst") && !known.contains(name);
        let mut names: Vec<_> = names.filter(is_other).collect();
        names.sort();
        for name in names {
            let what = match self.read(&name, &mut Marks::default(), &mut |_| {}) {
                Ok(examined) if self.keys.contains(&examined.manifest.key) => {
                    "is of this log, and on no record here".to_owned()
                }
                Ok(examined) => format!("is of another log, {}", examined.manifest.key.name()),
                Err(problem) => format!("is no segment that can be read: {problem}"),
            };
            report.foreign.push((name, what));
        }
    }
}

impl SegmentsReport {
    /// Says whether nothing speaks against the segments that are there. Whether all are is told apart.
    pub fn is_good(&self) -> bool {
        self.bad.is_empty()
    }

    /// Says whether every record that left is in a segment that was read, and nothing else is there.
    pub fn is_complete(&self) -> bool {
        self.bad.is_empty() && self.missing.is_empty() && self.foreign.is_empty()
    }

    /// Returns how many records were read.
    pub fn records(&self) -> u64 {
        self.read.iter().map(|(first, last)| last - first + 1).sum()
    }

    /// Returns the first finding as one of a record.
    pub fn first_bad(&self) -> Option<&(String, String)> {
        self.bad.first()
    }
}
