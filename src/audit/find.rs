//! One entry by the id of its call or of its request.

use super::{Entry, entry::More, fold};
use crate::{
    domain::{CallId, RequestId, Timestamp, TokenId},
    store::{Reader, RecordQuery, StoreError},
};
use std::time::Duration;

/// How long after a refusal was counted its summary is on record at the latest: its minute, and the time until
/// that is looked at.
const SUMMARIZED_WITHIN: Duration = Duration::from_mins(5);

/// Finds the entry that an id names; of `token` alone, if one is given. Blocks.
///
/// A call's and its request's id find the same entry, with all that became of it. An id that names
/// nothing and one of another token's entry both find nothing: the two cannot be told apart.
pub fn find(
    reader: &Reader,
    id: &str,
    token: Option<&TokenId>,
) -> Result<Option<Entry>, StoreError> {
    let mut query = RecordQuery { token: token.cloned(), limit: Some(1), ..RecordQuery::default() };
    if id.starts_with("call_") {
        query.call = Some(CallId::from_stored(id));
    } else {
        query.request = Some(RequestId::from_stored(id));
    }
    Ok(fold(reader.entry_records(&query)?).into_iter().next())
}

/// Returns the summaries that a request may have been counted in, largest count first; of `token` alone, if one
/// is given. Blocks.
///
/// A flood keeps no ids of what it counts, so nobody can say more than that the time fits. Each
/// entry found has the request in `may_count`. A text that is no id of ours finds nothing.
pub fn counted_in(
    reader: &Reader,
    request: &RequestId,
    token: Option<&TokenId>,
) -> Result<Vec<Entry>, StoreError> {
    let Some(at) = request.made_at() else { return Ok(Vec::new()) };
    let query = RecordQuery {
        token: token.cloned(),
        kinds: vec!["summary"],
        since: Some(at),
        until: Some(at.plus(SUMMARIZED_WITHIN)),
        ..RecordQuery::default()
    };
    let mut found = fold(reader.records(&query)?);
    // An id tells whole milliseconds only.
    let last_moment = at.plus(Duration::from_millis(1));
    let began_before = |more: &More| more.since.is_some_and(|since| since < last_moment);
    found.retain(|Entry { metadata, .. }| began_before(&metadata.more));
    found.sort_by_key(|Entry { metadata, .. }| std::cmp::Reverse(metadata.more.count));
    for Entry { metadata, .. } in &mut found {
        metadata.more.may_count = Some(request.clone());
    }
    Ok(found)
}

/// Says since when refusals are counted that a request may be among, in a minute that is not over.
/// As ids tell whole milliseconds, one that was made in the millisecond of the beginning is within.
pub(super) fn is_within(since: Timestamp, request: &RequestId) -> bool {
    let at = request.made_at();
    at.is_some_and(|at| since < at.plus(Duration::from_millis(1)))
}
