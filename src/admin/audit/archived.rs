//! A search that goes back into segments.

use crate::{
    archive::{Archived, ArchivedEntries, FoundEntries, PagesError},
    domain::Timestamp,
    store::{Reader, RecordQuery, StoreError},
};

/// Returns the entries in segments that a search finds; `None` where it goes on in the database alone, from
/// where the query then says. Blocks.
pub(super) fn found_in_segments(
    archived: Archived,
    reader: &Reader,
    query: &mut RecordQuery,
    last: Option<u64>,
) -> Result<Option<FoundEntries>, PagesError> {
    if let Some(last) = last {
        query.after_seq = Some(begins_last(&archived, reader, query, last)?);
    }
    if query.after_seq.unwrap_or(0) >= reader.base()?.head.seq {
        return Ok(None);
    }
    ArchivedEntries::new(archived, query).page().map(Some)
}

/// Returns behind which record the newest `last` entries begin, wherever they are.
fn begins_last(
    archived: &Archived,
    reader: &Reader,
    query: &RecordQuery,
    last: u64,
) -> Result<u64, PagesError> {
    if let Some(begins) = reader.begins_last(query, last)? {
        return Ok(begins.saturating_sub(1));
    }
    let missing = last - count(reader, query, last)?;
    let most = usize::try_from(missing).unwrap_or(usize::MAX);
    let begun = ArchivedEntries::new(archived.clone(), query).last(most)?;
    let base = reader.base()?.head.seq;
    // Fewer than were asked for: all of them.
    Ok(begun.last().map_or(base, |begins| begins.saturating_sub(1)))
}

/// Returns how many entries in the database match, which are fewer than `most`.
fn count(reader: &Reader, query: &RecordQuery, most: u64) -> Result<u64, StoreError> {
    let (mut there, mut beyond) = (0, most);
    while beyond - there > 1 {
        let middle = there + (beyond - there) / 2;
        match reader.begins_last(query, middle)? {
            Some(_) => there = middle,
            None => beyond = middle,
        }
    }
    Ok(there)
}

/// Returns up to which record what is searched can lie in segments; `None` where none is of that time.
pub(super) fn archived_up_to(
    reader: &Reader,
    since: Option<Timestamp>,
) -> Result<Option<u64>, StoreError> {
    let base = reader.base()?.head.seq;
    let is_of_it =
        reader.segments()?.iter().any(|one| since.is_none_or(|since| one.last_at >= since));
    Ok((base > 0 && is_of_it).then_some(base))
}
