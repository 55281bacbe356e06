//! An export as it is written, page by page.

use crate::{
    admin::export_notes::ExportNotes,
    admin::state::AdminState,
    archive::{PagesError, RecordPages},
    audit::{
        Entry,
        export::{ExportSubject, ExportWriter, Format, Unwritable},
        fold,
        trust::{Notary, SignedCheckpoint},
    },
    store::{ChainHead, Reader, RecordQuery, SealedRecord, StoreError},
    tasks::Tasks,
};
use bytes::Bytes;
use futures_util::{Stream, stream};
use serde_json::Value;
use std::{io, sync::Arc};
use tokio_util::sync::CancellationToken;

/// Records or entries of a page, which is all that is in memory at once.
const PAGE: usize = 500;

/// What is exported.
pub(super) struct ExportPlan {
    pub(super) name: String,
    pub(super) query: RecordQuery,
    pub(super) narrowed: Value,
    pub(super) format: Format,
    pub(super) signed: SignedCheckpoint,
    /// The record that it begins behind.
    pub(super) base: ChainHead,
}

/// What is left to be written.
pub(super) struct ExportPages {
    work: ExportWork,
    tasks: Tasks,
    closing: CancellationToken,
}

struct ExportWork {
    name: String,
    query: RecordQuery,
    reader: Reader,
    /// Where whole records are read; nothing for a part or a table, which the database alone can make.
    pages: Option<RecordPages>,
    notary: Arc<Notary>,
    notes: ExportNotes,
    next: NextPage,
}

enum NextPage {
    /// The first page, with what comes before it.
    Begin(Box<ExportSubject>),
    Page(Box<ExportWriter>),
    Nothing,
}

/// An export broke off.
#[derive(Debug, thiserror::Error)]
enum BrokeOff {
    #[error("the record cannot be read")]
    Read(#[from] StoreError),
    #[error("a record cannot be exported as it is; `ideogate audit verify` tells more")]
    Write(#[from] Unwritable),
    #[error("records in segments cannot be read")]
    Segments(#[from] PagesError),
    #[error("records left the database while they were exported: export again")]
    Left,
}

impl ExportPages {
    pub(super) fn new(state: &AdminState, plan: ExportPlan) -> Self {
        let up_to = plan.signed.checkpoint.seq();
        let after_seq = Some(plan.base.seq);
        let query =
            RecordQuery { after_seq, up_to_seq: Some(up_to), limit: Some(PAGE), ..plan.query };
        let is_whole = plan.format == Format::Jsonl && is_empty(&plan.narrowed);
        let subject = ExportSubject {
            key: state.notary.key().clone(),
            format: plan.format,
            filter: plan.narrowed,
            up_to: plan.signed,
            base: plan.base,
        };
        let work = ExportWork {
            name: plan.name,
            query,
            reader: state.reader.clone(),
            pages: is_whole.then(|| RecordPages::new(state.archive.archived())),
            notary: Arc::clone(&state.notary),
            notes: state.exports.clone(),
            next: NextPage::Begin(Box::new(subject)),
        };
        Self { work, tasks: state.tasks.clone(), closing: state.closing.clone() }
    }

    /// Returns the pages. A failure breaks the answer off, so that nobody takes a part for the whole.
    pub(super) fn stream(self) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        stream::unfold(Some(self), async |pages| {
            let ExportPages { work, tasks, closing } = pages?;
            if matches!(work.next, NextPage::Nothing) {
                return None;
            }
            let written = tasks.run_blocking(move || work.write());
            let written = closing.run_until_cancelled(written).await;
            match written {
                Some(Ok(Ok((bytes, work)))) => {
                    Some((Ok(bytes), Some(Self { work, tasks, closing })))
                }
                Some(Ok(Err(error))) => {
                    let cause: &dyn std::error::Error = &error;
                    tracing::error!(error = cause, "an export broke off");
                    Some((Err(io::Error::other(error)), None))
                }
                None | Some(Err(_)) => {
                    Some((Err(io::Error::other("the gateway is stopping")), None))
                }
            }
        })
    }
}

impl ExportWork {
    /// Writes the next page. Blocks.
    fn write(mut self) -> Result<(Bytes, Self), BrokeOff> {
        let mut bytes = Vec::new();
        let mut writer = match std::mem::replace(&mut self.next, NextPage::Nothing) {
            NextPage::Nothing => return Ok((Bytes::new(), self)),
            NextPage::Page(writer) => writer,
            NextPage::Begin(subject) => Box::new(ExportWriter::begin(*subject, &mut bytes)),
        };
        let is_last = self.page(&mut writer, &mut bytes)?;
        if is_last {
            self.notes.add(self.name.clone(), writer.end(&self.notary, &mut bytes));
        } else {
            self.next = NextPage::Page(writer);
        }
        Ok((bytes.into(), self))
    }

    /// Writes records or entries; returns whether they were the last.
    fn page(&mut self, writer: &mut ExportWriter, bytes: &mut Vec<u8>) -> Result<bool, BrokeOff> {
        let (found, last) = match writer.format() {
            Format::Jsonl => {
                let records = self.records()?;
                for record in &records {
                    writer.record(record, bytes)?;
                }
                (records.len(), records.last().map(|record| record.seq))
            }
            Format::Csv => {
                let entries = self.entries()?;
                for entry in &entries {
                    writer.entry(entry, bytes);
                }
                (entries.len(), entries.last().map(|entry| entry.metadata.seq))
            }
        };
        // Asked behind each page: what left while it was read would be missing without a word.
        if self.pages.is_none() && self.reader.base()?.head.seq > self.query.after_seq.unwrap_or(0)
        {
            return Err(BrokeOff::Left);
        }
        self.query.after_seq = last.or(self.query.after_seq);
        // Behind a last page that is just full comes an empty one, which ends the export. A page of a segment
        // may be short though more follows.
        Ok(if self.pages.is_some() { found == 0 } else { found < PAGE })
    }

    /// Returns the next records.
    fn records(&mut self) -> Result<Vec<SealedRecord>, BrokeOff> {
        let (after, up_to) = (self.query.after_seq, self.query.up_to_seq);
        match &mut self.pages {
            Some(pages) => Ok(pages.next(after.unwrap_or(0), up_to.unwrap_or(0), PAGE)?),
            None => Ok(self.reader.records(&self.query)?),
        }
    }

    /// Returns the next entries, by what was on record when the export began.
    fn entries(&self) -> Result<Vec<Entry>, StoreError> {
        let mut records = self.reader.entry_records(&self.query)?;
        // A call that was open then may have ended since: its outcome is behind what was signed.
        records.retain(|record| self.query.up_to_seq.is_none_or(|up_to| record.seq <= up_to));
        Ok(fold(records))
    }
}

/// Says whether nothing narrows an export.
fn is_empty(narrowed: &Value) -> bool {
    narrowed.as_object().is_some_and(serde_json::Map::is_empty)
}
