//! An export as it is written, page by page.

use crate::{
    admin::export_notes::ExportNotes,
    admin::state::AdminState,
    archive::{Archived, ArchivedEntries, PagesError, RecordPages},
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
    /// Whether what left the database is part of it.
    pub(super) is_archived: bool,
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
    source: ExportSource,
    notary: Arc<Notary>,
    notes: ExportNotes,
    next: NextPage,
}

/// Where what is exported is read.
enum ExportSource {
    /// Whole records, wherever they are.
    Records(Box<RecordPages>),
    /// Entries, those in segments first.
    Entries(Archived),
    /// The database alone: a part of the records, or entries that did not leave it.
    Database,
}

/// Entries of a page.
struct EntriesPage {
    entries: Vec<Entry>,
    /// The record behind which the next page begins.
    next: u64,
    is_last: bool,
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
    #[error("segments cannot be read: {0}")]
    Missing(String),
}

impl ExportPages {
    pub(super) fn new(state: &AdminState, plan: ExportPlan) -> Self {
        let up_to = plan.signed.checkpoint.seq();
        let after_seq = Some(plan.base.seq);
        let query =
            RecordQuery { after_seq, up_to_seq: Some(up_to), limit: Some(PAGE), ..plan.query };
        let source = match plan.format {
            Format::Jsonl if is_empty(&plan.narrowed) => {
                ExportSource::Records(Box::new(RecordPages::new(state.archive.archived())))
            }
            Format::Csv if plan.is_archived => ExportSource::Entries(state.archive.archived()),
            _ => ExportSource::Database,
        };
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
            source,
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
        let (next, is_last) = match writer.format() {
            Format::Jsonl => {
                let records = self.records()?;
                for record in &records {
                    writer.record(record, bytes)?;
                }
                let next = records.last().map_or(self.after(), |record| record.seq);
                // Behind a last page that is just full comes an empty one, which ends the export. A page of a
                // segment may be short though more follows.
                let is_whole = matches!(self.source, ExportSource::Records(_));
                (next, if is_whole { records.is_empty() } else { records.len() < PAGE })
            }
            Format::Csv => {
                let page = self.entries()?;
                for entry in &page.entries {
                    writer.entry(entry, bytes);
                }
                (page.next, page.is_last)
            }
        };
        self.query.after_seq = Some(next);
        Ok(is_last)
    }

    fn after(&self) -> u64 {
        self.query.after_seq.unwrap_or(0)
    }

    /// Says whether the beginning of the next page left the database. Asked behind each page too: what left
    /// while it was read would be missing without a word.
    fn has_left(&self) -> Result<bool, StoreError> {
        Ok(self.reader.base()?.head.seq > self.after())
    }

    /// Returns the next records.
    fn records(&mut self) -> Result<Vec<SealedRecord>, BrokeOff> {
        let (after, up_to) = (self.after(), self.query.up_to_seq);
        if let ExportSource::Records(pages) = &mut self.source {
            return Ok(pages.next(after, up_to.unwrap_or(0), PAGE)?);
        }
        let records = self.reader.records(&self.query)?;
        if self.has_left()? { Err(BrokeOff::Left) } else { Ok(records) }
    }

    /// Returns the next entries, by what was on record when the export began.
    fn entries(&self) -> Result<EntriesPage, BrokeOff> {
        if !self.has_left()? {
            let page = self.entries_of_database()?;
            if !self.has_left()? {
                return Ok(page);
            }
        }
        let ExportSource::Entries(archived) = &self.source else { return Err(BrokeOff::Left) };
        let found = ArchivedEntries::new(archived.clone(), &self.query).page()?;
        if !found.missing.is_empty() {
            return Err(BrokeOff::Missing(found.missing.join(", ")));
        }
        Ok(EntriesPage { entries: found.entries, next: found.next, is_last: false })
    }

    fn entries_of_database(&self) -> Result<EntriesPage, StoreError> {
        let mut records = self.reader.entry_records(&self.query)?;
        // A call that was open then may have ended since: its outcome is behind what was signed.
        records.retain(|record| self.query.up_to_seq.is_none_or(|up_to| record.seq <= up_to));
        let entries = fold(records);
        let next = entries.last().map_or(self.after(), |last| last.metadata.seq);
        Ok(EntriesPage { is_last: entries.len() < PAGE, next, entries })
    }
}

/// Says whether nothing narrows an export.
fn is_empty(narrowed: &Value) -> bool {
    narrowed.as_object().is_some_and(serde_json::Map::is_empty)
}
