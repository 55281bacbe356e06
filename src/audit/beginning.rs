//! Whether the chain of a database may begin where it does, and whether what it keeps is all that was there.

use super::{
    FirstBad, HashChain, IntegrityError,
    segment::{KeptDigest, SegmentManifest},
    trust::{SignedNote, VerifierKey},
};
use crate::{
    domain::{Action, AuditRecord, StoredSegment},
    store::{ChainExtent, ChainHasher, ChainHead, KeptChange, RawRecord},
};
use std::collections::BTreeMap;

/// Returns where a chain begins that nothing left.
pub(super) fn genesis() -> ChainHead {
    ChainHead { seq: 0, hash: HashChain.genesis() }
}

/// Returns what the first record in a database must follow, whose records up to `base` left.
pub fn beginning_of(base: ChainHead) -> ChainHead {
    // The database has zeros as long as nothing left it.
    if base.seq == 0 { genesis() } else { base }
}

/// Says whether records up to `base` left on purpose: segments without a gap say so, of which a key that is
/// believed signed the newest. Without any key the one counts that it names itself.
///
/// A record inside a segment may be the base, while the others are still to leave; the chain from there to
/// the segment's end is for others to check.
pub(super) fn begins_lawfully(
    base: ChainHead,
    segments: &[StoredSegment],
    keys: &[VerifierKey],
) -> bool {
    if base.seq == 0 {
        return true;
    }
    let mut before = genesis();
    for segment in segments {
        if (segment.first, segment.prev_hash) != (before.seq + 1, before.hash) {
            return false;
        }
        before = ChainHead { seq: segment.last, hash: segment.hash };
    }
    let ends_there = |one: &StoredSegment| one.last != base.seq || one.hash == base.hash;
    segments.iter().any(|one| one.holds(base.seq) && ends_there(one))
        && segments.last().is_some_and(|newest| signed(newest, keys).is_some())
}

/// Returns what a key that is believed signed of a segment.
fn signed(segment: &StoredSegment, keys: &[VerifierKey]) -> Option<SegmentManifest> {
    let manifest = SegmentManifest::claimed(&SignedNote::parse(&segment.note).ok()?).ok()?;
    let is_of_it = (manifest.first, manifest.last.seq, manifest.prev_hash, manifest.last.hash)
        == (segment.first, segment.last, segment.prev_hash, segment.hash);
    let is_believed = keys.is_empty() || keys.contains(&manifest.key);
    (is_of_it && is_believed).then_some(manifest)
}

/// Holds what is left in a database against what was signed of its segments.
pub(super) struct LeftInPlace<'e> {
    extent: &'e ChainExtent,
    keys: &'e [VerifierKey],
    /// The ends of segments whose records are still to leave.
    ends: BTreeMap<u64, [u8; 32]>,
    /// Changes that are kept and have not left yet, by number.
    to_leave: BTreeMap<u64, [u8; 32]>,
    bad: Option<FirstBad>,
}

impl<'e> LeftInPlace<'e> {
    pub(super) fn new(extent: &'e ChainExtent, keys: &'e [VerifierKey]) -> Self {
        let to_leave = extent.segments.iter().filter(|one| one.last > extent.base.seq);
        let ends = to_leave.map(|one| (one.last, one.hash)).collect();
        Self { extent, keys, ends, to_leave: BTreeMap::new(), bad: None }
    }

    /// Looks at a record that is good and in the database.
    pub(super) fn see(&mut self, record: &RawRecord, head: ChainHead) {
        if self.ends.is_empty() {
            return;
        }
        if self.ends.remove(&head.seq).is_some_and(|signed| signed != head.hash) {
            let problem = IntegrityError::OtherThanArchived;
            self.bad.get_or_insert(FirstBad { seq: record.seq, problem });
        }
        if record.kind == "admin" && Action::find(&record.action).is_some_and(Action::is_kept) {
            self.to_leave.insert(head.seq, head.hash);
        }
    }

    /// Returns what is wrong, once all records were seen.
    pub(super) fn end(self) -> Result<(), FirstBad> {
        if let Some(bad) = self.bad {
            return Err(bad);
        }
        if let Some((last, _)) = self.ends.last_key_value() {
            let seq = self.extent.head.seq.cast_signed() + 1;
            return Err(FirstBad { seq, problem: IntegrityError::EndMissing(*last) });
        }
        self.extent.kept.iter().try_for_each(check_kept)?;
        for segment in &self.extent.segments {
            // One that nobody believes was signed by a key of before: only its file proves what was in it.
            let Some(manifest) = signed(segment, self.keys) else { continue };
            if self.kept_of(segment).sum() != manifest.kept {
                let seq = segment.first.cast_signed();
                return Err(FirstBad { seq, problem: IntegrityError::KeptChanged(segment.last) });
            }
        }
        Ok(())
    }

    fn kept_of(&self, segment: &StoredSegment) -> KeptDigest {
        kept_of(self.extent, segment, &self.to_leave)
    }
}

/// Digests the changes of a segment that are kept: those that left, then those that are to leave.
fn kept_of(
    extent: &ChainExtent,
    segment: &StoredSegment,
    to_leave: &BTreeMap<u64, [u8; 32]>,
) -> KeptDigest {
    let mut digest = KeptDigest::default();
    let left = extent.kept.iter().filter(|kept| segment.holds(kept.seq.cast_unsigned()));
    left.for_each(|kept| digest.add(&kept.hash));
    to_leave.range(segment.first..=segment.last).for_each(|(_, hash)| digest.add(hash));
    digest
}

/// Returns the digest of what is kept of records that left, for those who sign anew.
pub(super) fn kept_in(extent: &ChainExtent, segment: &StoredSegment) -> KeptDigest {
    kept_of(extent, segment, &BTreeMap::new())
}

fn check_kept(kept: &KeptChange) -> Result<(), FirstBad> {
    let bad = |problem| FirstBad { seq: kept.seq, problem };
    let prev: [u8; 32] = (*kept.prev_hash).try_into().map_err(|_| bad(IntegrityError::Unlinked))?;
    if HashChain.seal(kept.seq.cast_unsigned(), &prev, &kept.bytes)[..] != *kept.hash {
        return Err(bad(IntegrityError::Changed));
    }
    let record: AuditRecord = serde_json::from_slice(&kept.bytes)
        .map_err(|error| bad(IntegrityError::Unreadable(error.to_string().into())))?;
    let is_told = *record.action == *kept.action;
    if is_told { Ok(()) } else { Err(bad(IntegrityError::Column("action"))) }
}
