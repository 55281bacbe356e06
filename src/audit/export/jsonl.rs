//! Sealed records as JSON lines: a header, the records with their exact bytes, and what is signed.

use super::{ExportSubject, Unwritable};
use crate::{audit::trust::SignedNote, store::SealedRecord};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The version of this form, and that of one which does not begin with the first record. A reader refuses
/// every other one.
pub(super) const VERSION: u32 = 1;
pub(super) const LATER_VERSION: u32 = 2;

/// The first line. It is covered by the signed digest like all lines but the last.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) ideogate_export: u32,
    pub(super) key: String,
    pub(super) created: String,
    pub(super) filter: serde_json::Value,
    pub(super) up_to: u64,
    /// What left the database before; absent where nothing did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) base: Option<BaseLine>,
}

/// The record behind which an export begins.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BaseLine {
    pub(super) seq: u64,
    pub(super) hash: String,
}

/// A record's line. The bytes that were hashed are those of `record`, as they stand. `n` counts the
/// records of this file from 1 on, `seq` is the record's number; hashes are in hex.
#[derive(Debug, Serialize, Deserialize)]
// What stood beside these would look as proven as they are.
#[serde(deny_unknown_fields)]
pub(super) struct RecordLine<'l> {
    pub(super) n: u64,
    pub(super) seq: u64,
    pub(super) prev_hash: String,
    pub(super) hash: String,
    #[serde(borrow)]
    pub(super) record: &'l RawValue,
}

/// The last line. Both notes are whole, with their signatures.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct End {
    pub(super) manifest: String,
    pub(super) checkpoint: String,
}

/// What the last line begins with. No record's line begins with it, since those begin with `n`.
pub(super) const END: &str = "{\"manifest\":";

/// Numbers the lines. The count goes into the lines, so that a part of a file shows what it lacks.
#[derive(Debug)]
pub(super) struct LineCounter(u64);

impl LineCounter {
    /// Writes the first line.
    pub(super) fn begin(subject: &ExportSubject, out: &mut Vec<u8>) -> Self {
        let (checkpoint, base) = (&subject.up_to.checkpoint, subject.base);
        let has_base = base.seq > 0;
        let header = Header {
            ideogate_export: if has_base { LATER_VERSION } else { VERSION },
            key: subject.key.to_string(),
            created: checkpoint.at.to_string(),
            filter: subject.filter.clone(),
            up_to: checkpoint.seq(),
            base: has_base.then(|| BaseLine { seq: base.seq, hash: hex::encode(base.hash) }),
        };
        line(&header, out);
        Self(0)
    }

    /// Writes a record's line; fails if its bytes are not JSON, and writes nothing then.
    pub(super) fn record(
        &mut self,
        sealed: &SealedRecord,
        out: &mut Vec<u8>,
    ) -> Result<(), Unwritable> {
        // Taken over as it stands: written anew, it might not be the bytes that were hashed.
        let record = serde_json::from_slice(&sealed.bytes).map_err(|_| Unwritable(sealed.seq))?;
        self.0 += 1;
        let (prev_hash, hash) = (hex::encode(sealed.prev_hash), hex::encode(sealed.hash));
        line(&RecordLine { n: self.0, seq: sealed.seq, prev_hash, hash, record }, out);
        Ok(())
    }
}

/// Writes the last line.
pub(super) fn end(manifest: &SignedNote, checkpoint: &SignedNote, out: &mut Vec<u8>) {
    line(&End { manifest: manifest.to_string(), checkpoint: checkpoint.to_string() }, out);
}

/// Writes a value as one line.
fn line(value: &impl Serialize, out: &mut Vec<u8>) {
    // None of them has maps whose keys are not text, and memory takes all, so this cannot fail.
    serde_json::to_writer(&mut *out, value).unwrap_or_default();
    out.push(b'\n');
}
