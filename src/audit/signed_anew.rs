//! What is signed of segments, when a record goes on with another key.

use super::{
    beginning::{begins_lawfully, genesis, kept_in},
    segment::SegmentManifest,
    trust::{NewLog, SignedNote, VerifierKey},
};
use crate::{
    domain::{Effect, StoredSegment, Timestamp},
    store::{ChainExtent, ChainHead},
};

/// Returns the changes with which a new key vouches for the beginning of a record, so that the next start
/// needs no key of before.
///
/// Where a key that is believed vouched for it, the new one says the same. Where nobody does, the records of which
/// nobody knows are accepted as lost, and that is what the database says of them from then on.
pub fn signed_anew(
    extent: &ChainExtent,
    believed: &[VerifierKey],
    made: &NewLog,
    at: Timestamp,
) -> Vec<Effect> {
    let is_lawful =
        !believed.is_empty() && begins_lawfully(extent.base, &extent.segments, believed);
    if is_lawful || extent.base.seq == 0 {
        let anew = extent.segments.iter().filter_map(|one| Some((one.first, anew(one, made)?)));
        return anew.map(|(first, note)| Effect::ResignSegment(first, note)).collect();
    }
    vec![Effect::AcceptLost(Box::new(lost(extent, made, at)))]
}

/// Returns the note of a segment as the new key signs it; `None` for one that says nothing that can be read.
fn anew(segment: &StoredSegment, made: &NewLog) -> Option<Box<str>> {
    let manifest = SegmentManifest::claimed(&SignedNote::parse(&segment.note).ok()?).ok()?;
    let manifest = SegmentManifest { key: made.verifier().clone(), ..manifest };
    Some(made.sign_text(manifest.to_string()).to_string().into())
}

/// Returns the records that nobody vouches for, from behind the last segment that fits those before it.
fn lost(extent: &ChainExtent, made: &NewLog, at: Timestamp) -> StoredSegment {
    let mut before = genesis();
    for segment in &extent.segments {
        let follows = (segment.first, segment.prev_hash) == (before.seq + 1, before.hash);
        if !follows || segment.last >= extent.base.seq {
            break;
        }
        before = ChainHead { seq: segment.last, hash: segment.hash };
    }
    let mut lost = StoredSegment {
        first: before.seq + 1,
        last: extent.base.seq,
        prev_hash: before.hash,
        hash: extent.base.hash,
        first_at: at,
        last_at: at,
        bytes: 0,
        sha256: [0; 32],
        note: "".into(),
        deleted_at: Some(at),
    };
    let manifest = SegmentManifest {
        key: made.verifier().clone(),
        created: at,
        first: lost.first,
        last: extent.base,
        prev_hash: lost.prev_hash,
        first_at: at,
        last_at: at,
        kept: kept_in(extent, &lost).sum(),
        sha256: lost.sha256,
    };
    lost.note = made.sign_text(manifest.to_string()).to_string().into();
    lost
}
