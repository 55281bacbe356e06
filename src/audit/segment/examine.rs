//! Whether a file is the segment that was signed.

use super::{SegmentManifest, SegmentProblem, SegmentReader, reader::SegmentFindings};
use crate::{
    audit::{packed::PackedProblem, trust::SignedNote},
    domain::StoredSegment,
    store::SealedRecord,
};
use std::io::Read;

/// A segment that is what was signed. Whether its key is believed is for the caller to ask: whoever makes
/// a key of their own can sign a segment with it.
#[derive(Debug, Clone)]
pub struct ExaminedSegment {
    /// What was signed.
    pub manifest: SegmentManifest,
    /// The same, as a note.
    pub note: SignedNote,
    /// The bytes of the file.
    pub bytes: u64,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
}

/// Reads a segment whole, and tells `watch` of each record.
///
/// Recomputes all hashes, and compares what is there with what the key that it names signed. Blocks, and
/// takes no more memory than the longest record.
pub fn examine_segment(
    file: impl Read,
    watch: &mut dyn FnMut(&SealedRecord),
) -> Result<ExaminedSegment, SegmentProblem> {
    let mut reader = SegmentReader::open(file)?;
    while let Some(record) = reader.next_record()? {
        watch(&record);
    }
    let found = reader.end()?;
    let manifest =
        SegmentManifest::claimed(&found.end.manifest).map_err(PackedProblem::Unsigned)?;
    let checkpoint = found.end.checkpoint_by(&manifest.key)?;
    if !is_of(&manifest, &found) || checkpoint.head != found.head {
        return Err(PackedProblem::OtherContent.into());
    }
    let (bytes, sha256) = found.file;
    Ok(ExaminedSegment { manifest, note: found.end.manifest, bytes, sha256 })
}

/// Says whether a manifest is about what was found.
fn is_of(manifest: &SegmentManifest, found: &SegmentFindings) -> bool {
    manifest.first == found.before.seq + 1
        && manifest.prev_hash == found.before.hash
        && manifest.last == found.head
        && Some((manifest.first_at, manifest.last_at)) == found.times
        && manifest.kept == found.kept
        && manifest.sha256 == found.lines
}

impl ExaminedSegment {
    /// Returns the segment as the database knows it.
    pub fn stored(&self) -> StoredSegment {
        let manifest = &self.manifest;
        StoredSegment {
            first: manifest.first,
            last: manifest.last.seq,
            prev_hash: manifest.prev_hash,
            hash: manifest.last.hash,
            first_at: manifest.first_at,
            last_at: manifest.last_at,
            bytes: self.bytes,
            sha256: self.sha256,
            note: self.note.to_string().into(),
            deleted_at: None,
        }
    }

    /// Says whether it is the file that the database has on record. What is signed may be signed by
    /// another key there, after a record was accepted.
    pub fn is(&self, stored: &StoredSegment) -> bool {
        let own = self.stored();
        (own.first, own.last, own.prev_hash, own.hash, own.sha256)
            == (stored.first, stored.last, stored.prev_hash, stored.hash, stored.sha256)
    }
}
