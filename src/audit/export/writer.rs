//! Writing an export, whatever its form.

use super::{
    ExportSubject, Format, Manifest, Unwritable,
    csv::SealedRows,
    jsonl::{self, LineCounter},
};
use crate::{
    audit::{Entry, trust::Notary},
    store::SealedRecord,
};
use sha2::{Digest, Sha256};

/// Writes an export piece by piece, and knows at its end what to sign.
///
/// It holds no more than a digest and some counts, however long the export is: what it writes is
/// for the caller to send on. Dropped before its end it leaves an export that nothing signs, which
/// is refused when it is checked. The digest is of what it wrote, so nothing else may go into the
/// file.
#[derive(Debug)]
pub struct ExportWriter {
    subject: ExportSubject,
    form: ExportLayout,
    digest: Sha256,
    lines: u64,
    first: u64,
    last: u64,
}

#[derive(Debug)]
enum ExportLayout {
    Jsonl(LineCounter),
    Csv(SealedRows),
}

impl ExportWriter {
    /// Begins to write; what comes before all records goes to `out`.
    pub fn begin(subject: ExportSubject, out: &mut Vec<u8>) -> Self {
        let before = out.len();
        let form = match subject.format {
            Format::Jsonl => ExportLayout::Jsonl(LineCounter::begin(&subject, out)),
            Format::Csv => ExportLayout::Csv(SealedRows::begin(out)),
        };
        // What the caller had in `out` before is no part of the export.
        let digest = Sha256::new_with_prefix(&out[before..]);
        Self { subject, form, digest, lines: 0, first: 0, last: 0 }
    }

    /// Returns how it is written.
    pub fn format(&self) -> Format {
        self.subject.format
    }

    /// Writes a record into JSON lines; a table has none. The records must come in the chain's
    /// order. An error leaves `out` as it was.
    pub fn record(&mut self, record: &SealedRecord, out: &mut Vec<u8>) -> Result<(), Unwritable> {
        let before = out.len();
        if let ExportLayout::Jsonl(lines) = &mut self.form {
            lines.record(record, out)?;
            self.wrote(record.seq, &out[before..]);
        }
        Ok(())
    }

    /// Writes an entry into a table; JSON lines have none. The entries must come in the order of
    /// the records that begin them.
    pub fn entry(&mut self, entry: &Entry, out: &mut Vec<u8>) {
        let before = out.len();
        if let ExportLayout::Csv(table) = &mut self.form {
            table.entry(entry, out);
            self.wrote(entry.metadata.seq, &out[before..]);
        }
    }

    /// Counts a line, and takes it into the digest.
    fn wrote(&mut self, seq: u64, bytes: &[u8]) {
        self.digest.update(bytes);
        self.lines += 1;
        self.last = seq;
        if self.first == 0 {
            self.first = seq;
        }
    }

    /// Writes the end, and returns what is signed about the whole: the manifest, and the checkpoint of
    /// the record when the export began. For a table that text is its sidecar, to be kept beside
    /// it; JSON lines have both in their last line.
    pub fn end(self, notary: &Notary, out: &mut Vec<u8>) -> String {
        let Self { subject, form, digest, lines, first, last } = self;
        let checkpoint = subject.up_to.checkpoint;
        let seal = match &form {
            ExportLayout::Jsonl(_) => None,
            ExportLayout::Csv(table) => Some(table.seal()),
        };
        let manifest = Manifest {
            key: subject.key,
            format: subject.format,
            created: checkpoint.at,
            filter: subject.filter.to_string(),
            lines,
            first,
            last,
            up_to: checkpoint.seq(),
            seal,
            digest: digest.finalize().into(),
        };
        let (manifest, checkpoint) = (notary.sign_text(manifest.to_string()), subject.up_to.note);
        if matches!(form, ExportLayout::Jsonl(_)) {
            jsonl::end(&manifest, &checkpoint, out);
        }
        format!("{manifest}\n{checkpoint}")
    }
}
