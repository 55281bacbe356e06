//! Files of records: what a gateway exported, and segments that left its database.

use crate::{
    audit::{
        export::{BadExport, read_export},
        segment::{SegmentProblem, examine_segment, is_packed},
        trust::VerifierKey,
    },
    store::{ChainHead, SealedRecord},
};
use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};

/// A file of records that is what was signed by the key that it names itself.
#[derive(Debug)]
pub struct RecordFile {
    /// Where it is.
    pub path: PathBuf,
    /// By whom it is signed. Whether that key is believed is for others to ask.
    pub key: VerifierKey,
    /// The number of its first record; 0 where it has none.
    pub first: u64,
    /// The number of its last record.
    pub last: u64,
    /// Where the record ended when it was written.
    pub up_to: u64,
    /// The last of its records that a backup has too.
    pub shared: Option<ChainHead>,
    /// Its records that came after the backup, in their order.
    pub later: Vec<SealedRecord>,
}

/// A file of records cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordFileError {
    /// It cannot be read.
    #[error("{} cannot be read", .0.display())]
    Io(PathBuf, #[source] io::Error),
    /// It is a table.
    #[error("{} is a table, which has no records in it: export them as JSON lines", .0.display())]
    Table(PathBuf),
    /// It is no export that is as it was signed.
    #[error("{}: {bad}", .0.display(), bad = .1)]
    Export(PathBuf, BadExport),
    /// It is no segment that is as it was signed.
    #[error("{} {problem}", .0.display(), problem = .1)]
    Segment(PathBuf, SegmentProblem),
}

/// What is kept of records while a file is read.
struct RecordFileReading {
    after: ChainHead,
    first: u64,
    last: u64,
    shared: Option<ChainHead>,
    later: Vec<SealedRecord>,
}

impl RecordFileReading {
    fn see(&mut self, sealed: SealedRecord) {
        if self.first == 0 {
            self.first = sealed.seq;
        }
        self.last = sealed.seq;
        if sealed.seq <= self.after.seq {
            self.shared = Some(ChainHead { seq: sealed.seq, hash: sealed.hash });
        } else {
            self.later.push(sealed);
        }
    }
}

impl RecordFile {
    /// Reads an export or a segment whole, and keeps its records that came after the last one of a backup.
    /// Tells `progress` how many bytes are read. Blocks.
    pub fn read(
        path: &Path,
        after: ChainHead,
        mut progress: impl FnMut(u64),
    ) -> Result<Self, RecordFileError> {
        let unreadable = |error| RecordFileError::Io(path.to_owned(), error);
        let file = File::open(path).map_err(unreadable)?;
        let mut input = BufReader::with_capacity(1 << 16, file);
        let mut found =
            RecordFileReading { after, first: 0, last: 0, shared: None, later: Vec::new() };
        let is_packed = is_packed(&mut input).map_err(unreadable)?;
        let (key, up_to) = match input.fill_buf().map_err(unreadable)?.first() {
            Some(_) if is_packed => {
                let mut read = 0;
                let examined = examine_segment(input, &mut |sealed| {
                    read += sealed.bytes.len() as u64;
                    progress(read);
                    found.see(sealed.clone());
                });
                let manifest = examined
                    .map_err(|problem| RecordFileError::Segment(path.to_owned(), problem))?
                    .manifest;
                (manifest.key, manifest.last.seq)
            }
            Some(b'{') => {
                let report = read_export(input, &mut |sealed| found.see(sealed), progress);
                let verified = report.map_err(unreadable)?.integrity;
                let manifest =
                    verified.map_err(|bad| RecordFileError::Export(path.to_owned(), bad))?.manifest;
                (manifest.key, manifest.up_to)
            }
            _ => return Err(RecordFileError::Table(path.to_owned())),
        };
        let RecordFileReading { first, last, shared, later, .. } = found;
        Ok(Self { path: path.to_owned(), key, first, last, up_to, shared, later })
    }

    /// Returns its name, without where it is.
    pub fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or(self.path.as_os_str());
        name.to_string_lossy().into_owned()
    }
}
