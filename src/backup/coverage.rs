//! How far into the record of the gateway that was lost a restored one reaches, and whether that is all of it.

use crate::{audit::trust::Witness, domain::Timestamp};
use std::ops::RangeInclusive;

/// How much of the record is here, and what is known to be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// The last record that is in the chain.
    pub up_to: u64,
    /// The last record that anything tells of.
    pub known: u64,
    /// Records that are known to have been there, and are not here.
    pub gaps: Vec<RangeInclusive<u64>>,
    /// The last checkpoint that was kept elsewhere and is newer than the backup.
    pub by: Option<Witness>,
    /// Where checkpoints were found that no key which is believed signed. The record may have gone on with
    /// that key.
    pub unbelieved: Vec<String>,
}

/// What was found of a record, beside its chain.
#[derive(Debug)]
pub struct FoundOfRecord<'f> {
    /// When the end of the backup was signed. What was signed then, or before, knows of nothing later.
    pub signed_at: Timestamp,
    /// The last record of the backup.
    pub backed_up: u64,
    /// The numbers of records of later, in their order.
    pub later: &'f [u64],
    /// The last record that files of records tell of, whatever is in them.
    pub told: u64,
    /// Checkpoints from elsewhere whose keys are believed.
    pub witnesses: &'f [Witness],
    /// Where others were found.
    pub unbelieved: Vec<String>,
}

impl Coverage {
    /// Says whether all that ever came is here. Neither a backup nor an export says that nothing came after
    /// it; that takes somebody else who knows where the record ended.
    pub fn covers_end(&self) -> bool {
        self.by.is_some()
            && self.up_to >= self.known
            && self.gaps.is_empty()
            && self.unbelieved.is_empty()
    }
}

/// Judges how far what was found reaches. Pure.
pub fn judge(found: FoundOfRecord<'_>) -> Coverage {
    let newer = found.witnesses.iter().filter(|witness| witness.checkpoint.at > found.signed_at);
    let by = newer.max_by_key(|witness| (witness.checkpoint.seq(), witness.checkpoint.at));
    let witnessed = found.witnesses.iter().map(|witness| witness.checkpoint.seq());
    let last = found.later.last().copied().unwrap_or(found.backed_up);
    let known = witnessed.chain([found.told, last, found.backed_up]).max().unwrap_or(last);
    let gaps = gaps(found.backed_up, found.later, known);
    let up_to = gaps.first().map_or(known, |gap| gap.start() - 1);
    Coverage { up_to, known, gaps, by: by.cloned(), unbelieved: found.unbelieved }
}

/// Returns what is missing behind `before`, up to and with `known`.
fn gaps(before: u64, later: &[u64], known: u64) -> Vec<RangeInclusive<u64>> {
    let (mut gaps, mut last) = (Vec::new(), before);
    for next in later.iter().copied().chain([known + 1]) {
        if next > last + 1 {
            gaps.push(last + 1..=next - 1);
        }
        last = next.max(last);
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{audit::trust::Checkpoint, store::ChainHead};

    const SIGNED_AT: Timestamp = Timestamp::from_micros(1_000);

    fn witness(seq: u64, at: i64) -> Witness {
        let (head, at) = (ChainHead { seq, hash: [0; 32] }, Timestamp::from_micros(at));
        let checkpoint = Checkpoint { origin: "log".into(), head, at };
        Witness { checkpoint, place: "elsewhere".into(), is_outside: true }
    }

    fn found<'f>(later: &'f [u64], told: u64, witnesses: &'f [Witness]) -> FoundOfRecord<'f> {
        let unbelieved = Vec::new();
        FoundOfRecord { signed_at: SIGNED_AT, backed_up: 10, later, told, witnesses, unbelieved }
    }

    #[test]
    fn only_somebody_else_who_knows_the_end_covers_it() {
        let (own, newer) = ([], [witness(12, 2_000)]);
        let alone = judge(found(&[11, 12], 12, &own));
        assert_eq!((alone.up_to, alone.known, alone.covers_end()), (12, 12, false));
        let told = judge(found(&[11, 12], 12, &newer));
        assert!(told.covers_end(), "{told:?}");
        for own in [999, 1_000] {
            let own = [witness(10, own)];
            assert!(!judge(found(&[], 10, &own)).covers_end(), "it is no newer than the backup");
        }
        let idle = [witness(10, 1_001)];
        assert!(judge(found(&[], 10, &idle)).covers_end(), "nothing came after the backup");
    }

    #[test]
    fn whatever_is_known_to_be_missing_is_named() {
        let newer = [witness(15, 2_000), witness(12, 1_500)];
        let short = judge(found(&[11, 12], 12, &newer));
        assert_eq!((short.up_to, short.known, &*short.gaps), (12, 15, &[13..=15][..]));
        assert!(!short.covers_end());
        let torn = judge(found(&[12, 14, 15], 15, &newer));
        assert_eq!((torn.up_to, &*torn.gaps), (10, &[11..=11, 13..=13][..]));
        assert!(!torn.covers_end());
        let told = judge(found(&[11], 13, &newer[1..]));
        assert_eq!((told.up_to, &*told.gaps), (11, &[12..=13][..]), "a filter left them out");
    }

    #[test]
    fn a_checkpoint_by_a_key_that_nobody_knows_may_be_of_what_came_later() {
        let newer = [witness(12, 2_000)];
        let unbelieved = vec!["checkpoints, line 9".to_owned()];
        let judged = judge(FoundOfRecord { unbelieved, ..found(&[11, 12], 12, &newer) });
        assert!(!judged.covers_end());
    }
}
