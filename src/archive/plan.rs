//! Which records are next.

use super::ArchiveError;
use crate::{
    domain::{CallId, Timestamp},
    store::{ChainHead, Reader, RecordSize, StoreError},
};

/// Records of a segment at most.
const MOST_RECORDS: usize = 100_000;

/// Bytes of the records of a segment at most.
const MOST_BYTES: u64 = 128 * 1024 * 1024;

/// The records of the next segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SegmentPlan {
    /// The record before the first.
    pub(super) before: ChainHead,
    /// The number of the last.
    pub(super) last: u64,
    /// The bytes of all of them.
    pub(super) bytes: u64,
}

/// Why records that are old enough stay in the database for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldBack {
    /// The first of them.
    pub record: u64,
    /// The call that it belongs to, if that is why.
    pub call: Option<CallId>,
    /// Why, for people.
    pub why: &'static str,
}

/// How far records may leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Limit {
    /// The last record that may.
    pub(super) last: u64,
    /// What holds the others back that are old enough.
    pub(super) held_back: Option<HeldBack>,
}

/// Finds out how far records may leave: all up to there are from before `cutoff`, and of none of their
/// calls more is to come. So the last records of a call meet the first ones.
pub(super) fn limit(
    reader: &Reader,
    cutoff: Timestamp,
    now: Timestamp,
) -> Result<Limit, ArchiveError> {
    let newer = reader.first_since(cutoff)?;
    let mut last = match newer {
        Some(newer) => newer.saturating_sub(1),
        None => reader.head()?.seq,
    };
    let mut held_back = None;
    if let Some(newer) = newer
        && reader.last_before(cutoff)?.is_some_and(|old| old > newer)
    {
        let why =
            "it is of a later time than records behind it: the clock ran ahead or was set back";
        held_back = Some(HeldBack { record: newer, call: None, why });
    }
    let at_work = reader.first_at_work(now)?;
    if let Some(first) = at_work.filter(|first| first.seq <= last) {
        last = first.seq.saturating_sub(1);
        held_back = Some(HeldBack { record: first.seq, call: Some(first.call), why: first.why });
    }
    Ok(Limit { last, held_back })
}

/// Plans the next segment behind `before`; `None` where nothing may leave.
pub(super) fn next_segment(
    reader: &Reader,
    before: ChainHead,
    last: u64,
) -> Result<Option<SegmentPlan>, StoreError> {
    if last <= before.seq {
        return Ok(None);
    }
    Ok(cut(before, last, &reader.sizes(before.seq, MOST_RECORDS)?))
}

/// Cuts a segment off: records of one UTC day, as far as the clock tells, and no more than fit.
fn cut(before: ChainHead, last: u64, sizes: &[RecordSize]) -> Option<SegmentPlan> {
    let (first, mut day) = sizes.first().map(|first| (first, first.at.utc_day()))?;
    let mut plan = SegmentPlan { before, last: before.seq, bytes: 0 };
    for next in sizes.iter().take_while(|next| next.seq <= last) {
        let is_full = plan.bytes + next.bytes > MOST_BYTES && plan.bytes > 0;
        // A clock that was set back ends no day.
        let is_later = next.at.utc_day() > day && next.seq > first.seq;
        if is_full || is_later {
            break;
        }
        day = day.max(next.at.utc_day());
        plan.last = next.seq;
        plan.bytes += next.bytes;
    }
    (plan.last > before.seq).then_some(plan)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const BEFORE: ChainHead = ChainHead { seq: 7, hash: [0; 32] };
    const HOUR: u64 = 3600;

    /// Records behind number 7, each of the hour and with the bytes given.
    fn sizes(records: &[(u64, u64)]) -> Vec<RecordSize> {
        let at = |hours: u64| Timestamp::from_micros(0).plus(Duration::from_secs(hours * HOUR));
        let sized =
            (8..).zip(records).map(|(seq, &(hour, bytes))| RecordSize { seq, at: at(hour), bytes });
        sized.collect()
    }

    fn last(up_to: u64, records: &[(u64, u64)]) -> Option<u64> {
        cut(BEFORE, up_to, &sizes(records)).map(|plan| plan.last)
    }

    #[test]
    fn a_segment_ends_with_its_day_or_when_it_is_full_or_where_records_are_held_back() {
        let days = [(1, 10), (23, 10), (24, 10), (49, 10)];
        assert_eq!(last(100, &days), Some(9), "a day is a segment");
        assert_eq!(last(8, &days), Some(8), "what is held back stays");
        assert_eq!(last(7, &days), None);
        assert_eq!(last(100, &[]), None);
        let set_back = [(24, 10), (1, 10), (25, 10), (48, 10)];
        assert_eq!(last(100, &set_back), Some(10), "an earlier day ends nothing");
        let large = [(1, MOST_BYTES - 1), (1, 1), (1, 1)];
        assert_eq!(last(100, &large), Some(9));
        assert_eq!(last(100, &[(1, MOST_BYTES + 1), (1, 1)]), Some(8), "one always fits");
    }
}
