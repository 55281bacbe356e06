//! Checking a segment that lies by itself: against its own signature, and against checkpoints from outside.

use super::{SegmentManifest, SegmentProblem, SegmentReader, examine_segment};
use crate::{
    audit::{
        packed::PackedProblem,
        trust::{Completeness, EvidenceSource, Marks, SignedEvidence, VerifierKey, judge},
    },
    store::ChainHead,
};
use std::io::{self, BufRead, Read};

/// How a zstd frame begins (RFC 8878, section 3.1.1).
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// What checking a segment by itself found. Both parts are judged by the keys that were trusted, and by
/// nothing that the segment says of itself unless there were none.
#[derive(Debug)]
pub struct SegmentReport {
    /// Whether it is what was signed.
    pub integrity: Result<SegmentManifest, SegmentProblem>,
    /// Whether checkpoints from elsewhere agree with its records.
    pub completeness: Completeness,
    /// Whom it was believed by. Of several that were given it is the first.
    pub key: Option<VerifierKey>,
    /// Whether that key was named by nobody but the segment itself.
    pub key_is_its_own: bool,
}

/// Says whether a file is packed as segments are, by how it begins. Nothing is consumed.
pub fn is_packed(input: &mut impl BufRead) -> io::Result<bool> {
    Ok(input.fill_buf()?.starts_with(&ZSTD))
}

/// Returns the key that the first line of a segment names. Nothing vouches for it: anybody can write a first
/// line.
pub fn claimed_key(file: impl Read) -> Option<VerifierKey> {
    SegmentReader::open(file).ok()?.key()
}

/// Checks a segment with the keys that are `trusted`; with the one that it `claims` itself when there are
/// none. `outside` are checkpoints that were kept elsewhere. Tells `progress` how many
/// bytes of records are done.
///
/// Blocks. All that is wrong with the segment is in the report, also that it cannot be read.
pub fn examine_lone_segment(
    file: impl Read,
    trusted: Vec<VerifierKey>,
    claimed: Option<VerifierKey>,
    outside: &[(EvidenceSource, String)],
    mut progress: impl FnMut(u64),
) -> SegmentReport {
    let key_is_its_own = trusted.is_empty();
    let keys = if key_is_its_own { claimed.into_iter().collect() } else { trusted };
    let key = keys.first().cloned();
    let evidence = SignedEvidence::from_outside(keys, outside);
    let mut marks = evidence.marks();
    let mut reached = 0;
    let mut bytes = 0;
    let examined = examine_segment(file, &mut |record| {
        reached = record.seq;
        bytes += record.bytes.len() as u64;
        marks.see(ChainHead { seq: record.seq, hash: record.hash });
        progress(bytes);
    });
    let integrity = examined.and_then(|examined| {
        let manifest = SegmentManifest::verified(&examined.note, evidence.keys());
        manifest.map_err(|why| PackedProblem::Unsigned(why).into())
    });
    let completeness = complete(evidence, marks, &integrity, reached);
    SegmentReport { integrity, completeness, key, key_is_its_own }
}

/// Holds checkpoints against a segment. What is behind its end is no business of it.
fn complete(
    evidence: SignedEvidence,
    mut marks: Marks,
    integrity: &Result<SegmentManifest, SegmentProblem>,
    reached: u64,
) -> Completeness {
    if let Ok(manifest) = integrity {
        marks.see(ChainHead { seq: manifest.first - 1, hash: manifest.prev_hash });
    }
    judge(evidence, &marks, reached, None, None)
}
