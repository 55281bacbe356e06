//! Where records are that left the database.

use super::{ArchiveRules, PagesError};
use crate::{audit::segment::SegmentReader, domain::StoredSegment, store::Reader};
use std::{fmt, fs::File, sync::Arc};

/// Reads records wherever they are. Clones are the same one.
#[derive(Clone)]
pub struct Archived {
    pub(super) reader: Reader,
    rules: Arc<dyn Fn() -> ArchiveRules + Send + Sync>,
}

impl Archived {
    pub(super) fn new(reader: Reader, rules: Arc<dyn Fn() -> ArchiveRules + Send + Sync>) -> Self {
        Self { reader, rules }
    }

    /// Opens a segment. Blocks.
    pub(super) fn open(&self, segment: &StoredSegment) -> Result<SegmentReader<File>, PagesError> {
        let name = segment.name();
        if segment.deleted_at.is_some() {
            return Err(PagesError::Deleted(name));
        }
        let path = (self.rules)().folder.path().join(&name);
        let file = File::open(path).map_err(|error| PagesError::Missing(name.clone(), error))?;
        let opened = SegmentReader::open(file);
        let opened = opened.map_err(|problem| PagesError::Bad(name.clone(), problem))?;
        let is_it = (opened.before().seq + 1, opened.before().hash, opened.last())
            == (segment.first, segment.prev_hash, segment.last);
        if is_it { Ok(opened) } else { Err(PagesError::Other(name)) }
    }
}

impl fmt::Debug for Archived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archived").finish_non_exhaustive()
    }
}
