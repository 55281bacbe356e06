//! The record page by page, while records leave the database.

use super::{Archived, PagesError};
use crate::{
    audit::segment::SegmentReader,
    store::{RecordQuery, SealedRecord},
};
use std::fs::File;

/// Reads the record in the chain's order, in pages. A page comes from the segment that holds its first record,
/// or else from the database: what leaves the database between two pages is read from its segment.
#[derive(Debug)]
pub struct RecordPages {
    archived: Archived,
    open: Option<OpenSegment>,
}

#[derive(Debug)]
struct OpenSegment {
    reader: SegmentReader<File>,
    name: String,
    at: u64,
    last: u64,
}

impl RecordPages {
    /// Returns pages of the record from any number on.
    pub fn new(archived: Archived) -> Self {
        Self { archived, open: None }
    }

    /// Returns the records after one, `most` of them at most and none beyond `up_to`; nothing at the end. Of
    /// a segment a page may hold fewer, though more follow. Blocks.
    pub fn next(
        &mut self,
        after: u64,
        up_to: u64,
        most: usize,
    ) -> Result<Vec<SealedRecord>, PagesError> {
        if after >= up_to {
            return Ok(Vec::new());
        }
        loop {
            let base = self.archived.reader.base()?.head.seq;
            if after < base {
                return self.of_segment(after, up_to, most);
            }
            let query = RecordQuery {
                after_seq: Some(after),
                up_to_seq: Some(up_to),
                limit: Some(most),
                ..RecordQuery::default()
            };
            let records = self.archived.reader.records(&query)?;
            // They may have left between the two reads; then they are in a segment by now.
            if self.archived.reader.base()?.head.seq <= after {
                return Ok(records);
            }
        }
    }

    fn of_segment(
        &mut self,
        after: u64,
        up_to: u64,
        most: usize,
    ) -> Result<Vec<SealedRecord>, PagesError> {
        let mut open = match self.open.take() {
            Some(open) if open.at == after && after < open.last => open,
            _ => self.open_at(after)?,
        };
        let mut page = Vec::new();
        while page.len() < most && open.at < open.last.min(up_to) {
            let next = open.reader.next_record();
            let Some(next) = next.map_err(|problem| PagesError::Bad(open.name.clone(), problem))?
            else {
                break;
            };
            open.at = next.seq;
            page.push(next);
        }
        self.open = Some(open);
        Ok(page)
    }

    /// Opens the segment with the record after `after`, and reads on to it.
    fn open_at(&self, after: u64) -> Result<OpenSegment, PagesError> {
        let segments = self.archived.reader.segments()?;
        let Some(segment) = segments.iter().find(|segment| segment.holds(after + 1)) else {
            return Err(PagesError::Deleted(format!("with record {}", after + 1)));
        };
        let reader = self.archived.open(segment)?;
        let (name, last) = (segment.name(), segment.last);
        let mut open = OpenSegment { reader, name, at: segment.first - 1, last };
        while open.at < after {
            let next = open.reader.next_record();
            let next = next.map_err(|problem| PagesError::Bad(open.name.clone(), problem))?;
            open.at = next.map_or(after, |next| next.seq);
        }
        Ok(open)
    }
}
