//! Entries whose records are in segments.

use super::{Archived, PagesError};
use crate::{
    audit::{Entry, EntryResult, fold},
    domain::{
        Action, CallId, EnvironmentName, GENERATION_PENDING, PersonId, RecordBody, RouteName,
        StoredSegment, TokenId,
    },
    store::{Columns, RecordQuery, SealedRecord},
};
use std::collections::HashSet;

/// Entries that are gathered at once at most, before those are left out that ended otherwise.
const MOST_BEGUN: usize = 20_000;

/// In how many segments behind its own the end of a call is looked for, before it is in the database.
const SEGMENTS_ON: usize = 3;

/// What was found in segments.
#[derive(Debug, Default)]
pub struct FoundEntries {
    /// The entries, in the order in which they begin.
    pub entries: Vec<Entry>,
    /// The number behind which a search goes on.
    pub next: u64,
    /// Segments that were passed over, since they cannot be read.
    pub missing: Vec<String>,
}

/// Searches segments. It understands a query as the database does.
#[derive(Debug)]
pub struct ArchivedEntries<'q> {
    archived: Archived,
    query: &'q RecordQuery,
}

/// Entries that begin in one segment.
struct Batch {
    entries: Vec<Entry>,
    /// The last record that was looked at as a beginning.
    looked_at: u64,
}

/// The records of entries, while a segment is read.
#[derive(Default)]
struct GatheredRecords {
    records: Vec<SealedRecord>,
    /// Calls that are found and have not ended yet.
    open: HashSet<CallId>,
    /// Calls whose intent is of what is searched for, whenever it was.
    of_intent: HashSet<CallId>,
    begun: usize,
    /// The last record that was looked at as a beginning.
    looked_at: u64,
}

impl<'q> ArchivedEntries<'q> {
    /// Prepares a search.
    pub fn new(archived: Archived, query: &'q RecordQuery) -> Self {
        Self { archived, query }
    }

    /// Returns the first entries that match and begin behind the query's `after_seq`, as many as it has for
    /// its limit or fewer, and where to go on: behind the last segment at the latest. Blocks.
    pub fn page(&self) -> Result<FoundEntries, PagesError> {
        let after = self.query.after_seq.unwrap_or(0);
        let base = self.archived.reader.base()?.head.seq;
        let limit = self.query.limit.unwrap_or(usize::MAX);
        let mut found = FoundEntries { next: base.max(after), ..FoundEntries::default() };
        let segments = self.archived.reader.segments()?;
        for (place, segment) in segments.iter().enumerate() {
            let mut after = after.max(segment.first - 1);
            while let Some(batch) = self.batch(&segments[place..], after, base, &mut found)? {
                after = batch.looked_at;
                found.entries.extend(batch.entries);
                if found.entries.len() >= limit {
                    found.entries.truncate(limit);
                    found.next = found.entries.last().map_or(after, |last| last.metadata.seq);
                    return Ok(found);
                }
            }
        }
        Ok(found)
    }

    /// Returns the numbers that the last `most` matching entries in segments begin with, from the end on.
    /// Blocks.
    pub fn last(&self, most: usize) -> Result<Vec<u64>, PagesError> {
        let base = self.archived.reader.base()?.head.seq;
        let segments = self.archived.reader.segments()?;
        let mut numbers = Vec::new();
        for (place, segment) in segments.iter().enumerate().rev() {
            let (mut own, mut after) = (Vec::new(), segment.first - 1);
            let mut found = FoundEntries::default();
            while let Some(batch) = self.batch(&segments[place..], after, base, &mut found)? {
                after = batch.looked_at;
                own.extend(batch.entries.iter().map(|entry| entry.metadata.seq));
            }
            numbers.extend(own.into_iter().rev());
            if numbers.len() >= most {
                break;
            }
        }
        numbers.truncate(most);
        Ok(numbers)
    }

    /// Returns the next entries that begin in the first of some segments and left the database; `None` where
    /// there are none any more, or none of the time.
    fn batch(
        &self,
        segments: &[StoredSegment],
        after: u64,
        base: u64,
        found: &mut FoundEntries,
    ) -> Result<Option<Batch>, PagesError> {
        let Some((segment, rest)) = segments.split_first() else { return Ok(None) };
        let up_to = self.query.up_to_seq.unwrap_or(u64::MAX);
        let last = segment.last.min(base).min(up_to);
        if after >= last || !self.is_about(segment) {
            return Ok(None);
        }
        let Some(gathered) = self.gather(segment, after, rest, found)? else { return Ok(None) };
        // Behind the last beginning there is nothing more of the segment to look at.
        let is_all = gathered.begun < MOST_BEGUN;
        let looked_at = if is_all { last } else { gathered.looked_at };
        let mut entries = self.entries(gathered);
        entries.retain(|entry| entry.metadata.seq <= last);
        Ok(Some(Batch { entries, looked_at }))
    }

    /// Says whether records of a segment can be of the time that is searched.
    fn is_about(&self, segment: &StoredSegment) -> bool {
        self.query.since.is_none_or(|since| segment.last_at >= since)
            && self.query.until.is_none_or(|until| segment.first_at < until)
    }

    /// Gathers the records of entries that begin in a segment; nothing where it cannot be read.
    fn gather(
        &self,
        segment: &StoredSegment,
        after: u64,
        rest: &[StoredSegment],
        found: &mut FoundEntries,
    ) -> Result<Option<GatheredRecords>, PagesError> {
        let mut gathered = GatheredRecords { looked_at: after, ..GatheredRecords::default() };
        let read = self.read(segment, |record| gathered.see(record, after, self.query));
        if let Err(error) = read {
            if matches!(error, PagesError::Store(_)) {
                return Err(error);
            }
            tracing::warn!(%error, "a segment was passed over in a search");
            found.missing.push(segment.name());
            return Ok(None);
        }
        for next in rest.iter().take(SEGMENTS_ON) {
            if gathered.open.is_empty() {
                break;
            }
            // What cannot be read there is the next look's to tell.
            self.read(next, |record| gathered.follow(record)).ok();
        }
        for call in gathered.open.drain().collect::<Vec<_>>() {
            let up_to_seq = self.query.up_to_seq;
            let of_call = RecordQuery { call: Some(call), up_to_seq, ..RecordQuery::default() };
            let records = self.archived.reader.records(&of_call)?.into_iter();
            gathered.records.extend(records.filter(|sealed| !begins(sealed)));
        }
        // By number, and each once: a record may have left the database between two looks.
        gathered.records.sort_by_key(|sealed| sealed.seq);
        gathered.records.dedup_by_key(|sealed| sealed.seq);
        Ok(Some(gathered))
    }

    fn read(
        &self,
        segment: &StoredSegment,
        mut see: impl FnMut(SealedRecord),
    ) -> Result<(), PagesError> {
        let mut reader = self.archived.open(segment)?;
        let bad = |problem| PagesError::Bad(segment.name(), problem);
        while let Some(record) = reader.next_record().map_err(bad)? {
            if self.query.up_to_seq.is_none_or(|up_to| record.seq <= up_to) {
                see(record);
            }
        }
        Ok(())
    }

    fn entries(&self, gathered: GatheredRecords) -> Vec<Entry> {
        let mut entries = fold(gathered.records);
        entries.retain(|entry| is_told_by(entry, self.query));
        entries
    }
}

impl GatheredRecords {
    /// Looks at the next record of a segment.
    fn see(&mut self, record: SealedRecord, after: u64, query: &RecordQuery) {
        if !begins(&record) {
            return self.follow(record);
        }
        if self.begun >= MOST_BEGUN {
            return;
        }
        let is_wanted = self.is_of(&record, query);
        if record.seq <= after {
            return;
        }
        self.looked_at = record.seq;
        if is_wanted {
            self.begun += 1;
            if matches!(record.record.body, RecordBody::Intent(_)) {
                self.open.extend(record.record.call.clone());
            }
            self.records.push(record);
        }
    }

    /// Takes what became of a call that is found.
    fn follow(&mut self, record: SealedRecord) {
        let Some(call) = record.record.call.clone().filter(|call| self.open.contains(call)) else {
            return;
        };
        if begins(&record) {
            return;
        }
        if let RecordBody::Outcome(outcome) = &record.record.body
            && outcome.reason.as_deref() != Some(GENERATION_PENDING)
        {
            self.open.remove(&call);
        }
        self.records.push(record);
    }

    /// Says whether a record that begins an entry is searched for.
    fn is_of(&mut self, sealed: &SealedRecord, query: &RecordQuery) -> bool {
        let record = &sealed.record;
        let columns = Columns::from_record(record);
        let named = |wanted: Option<&str>, has: Option<&str>| wanted.is_none() || wanted == has;
        let mut is_named =
            named(query.environment.as_ref().map(EnvironmentName::as_str), columns.environment)
                && named(query.token.as_ref().map(TokenId::as_str), columns.token);
        if let Some(call) = &record.call {
            // A change to a call names neither; its intent does.
            match &record.body {
                RecordBody::Intent(_) if is_named => drop(self.of_intent.insert(call.clone())),
                RecordBody::Admin(_) => is_named |= self.of_intent.contains(call),
                _ => {}
            }
        }
        is_named
            && query.since.is_none_or(|since| record.at >= since)
            && query.until.is_none_or(|until| record.at < until)
            && query.request.as_ref().is_none_or(|id| record.request.as_ref() == Some(id))
            && query.call.as_ref().is_none_or(|id| record.call.as_ref() == Some(id))
            && (query.kinds.is_empty() || query.kinds.contains(&columns.kind))
    }
}

/// Says whether an entry begins with a record: a read that cost nothing has an outcome alone, which names a token.
fn begins(sealed: &SealedRecord) -> bool {
    let record = &sealed.record;
    let ends = matches!(record.body, RecordBody::Attempt(_) | RecordBody::Outcome(_));
    !ends || record.call.is_none() || Columns::from_record(record).token.is_some()
}

/// Says whether an entry is searched for by what only the whole of it tells.
fn is_told_by(entry: &Entry, query: &RecordQuery) -> bool {
    let (told, more) = (&entry.metadata, &entry.metadata.more);
    let named = |wanted: Option<&str>, has: Option<&str>| wanted.is_none() || wanted == has;
    // An answer that was given again has its route as its resource alone.
    let again = Action::find(&entry.action) == Some(Action::CallReplayed);
    let resource = again.then_some(&*entry.resource);
    let route = more.route.as_ref().map(RouteName::as_str).or(resource);
    (query.outcomes.is_empty() || query.outcomes.contains(&told.outcome))
        && named(query.person.as_ref().map(PersonId::as_str), told.on_behalf_of.as_deref())
        && named(query.owner.as_deref(), more.owner.as_deref())
        && named(query.route.as_ref().map(RouteName::as_str), route)
        && query.code.is_none_or(|code| more.code == Some(code))
        && query.status.is_none_or(|status| told.status == Some(status))
        && (!query.goes_on || entry.result == EntryResult::Pending)
}
