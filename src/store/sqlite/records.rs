//! Reading the chain: searches, whole calls, and the raw rows for verification.

use super::{Reader, base::extent, details};
use crate::domain::{Action, Timestamp};
use crate::store::{ChainExtent, ChainLink, RawRecord, RecordQuery, SealedRecord, StoreError};
use rusqlite::{Row, Rows, params_from_iter, types::Value};

const COLUMNS: &str = "seq, prev_hash, hash, bytes";

/// How the call of a record ended, for all kinds of records.
const OUTCOME: &str = "CASE WHEN kind IN ('intent', 'attempt', 'outcome')
    THEN coalesce((SELECT c.outcome FROM calls c WHERE c.call = r.call), r.outcome, 'unknown')
    WHEN kind = 'admin' THEN 'success' ELSE 'refused' END";

/// Of a call that matches, found at once for a search.
const OF_CALLS: &str = "(COLUMN = PLACE OR call IN
    (SELECT call FROM audit_records WHERE COLUMN = PLACE AND kind = 'intent'))";

/// Of a call that matches, looked up for each record of a long read.
const OF_ITS_CALL: &str = "(COLUMN = PLACE OR EXISTS
    (SELECT 1 FROM audit_records i WHERE i.call = r.call AND i.kind = 'intent' AND i.COLUMN = PLACE))";

/// Of a call that matches, for what begins an entry: intents name it themselves, so only a change to a call
/// has to look at its intent.
const OF_ITS_ENTRY: &str = "(COLUMN = PLACE OR (kind = 'admin' AND EXISTS
    (SELECT 1 FROM audit_records i WHERE i.call = r.call AND i.kind = 'intent' AND i.COLUMN = PLACE)))";

/// What begins an entry. An outcome that names a token has no intent before it.
const BEGINS: &str = "(kind NOT IN ('attempt', 'outcome') OR call IS NULL OR token IS NOT NULL)";

/// The same by what was on record at a number.
// Not from `calls`, which knows how a call stands now: the pages of an export would change while
// they are read. Only a number is put into the text, never what somebody sent.
fn outcome_by(seq: u64) -> String {
    format!(
        "CASE WHEN kind IN ('intent', 'attempt', 'outcome')
         THEN coalesce((SELECT o.outcome FROM audit_records o WHERE o.call = r.call AND o.kind = 'outcome'
                        AND o.seq <= {seq} ORDER BY o.seq DESC LIMIT 1), r.outcome, 'unknown')
         WHEN kind = 'admin' THEN 'success' ELSE 'refused' END"
    )
}

impl Reader {
    /// Returns the records that match, in the order and number asked for. Records that cannot be
    /// read fail the whole search. Their hashes are returned as stored, not checked.
    pub fn records(&self, query: &RecordQuery) -> Result<Vec<SealedRecord>, StoreError> {
        let filter = Filter::new(query, of_calls(query));
        let sql = format!("SELECT {COLUMNS} FROM audit_records r {}", filter.clauses(query));
        self.with(|connection| {
            // Not cached: each choice of filters is a text of its own, and would push out those
            // that come again.
            let mut statement = connection.prepare(&sql)?;
            collect(statement.query(params_from_iter(filter.values))?)
        })
    }

    /// Returns the time of the newest record; nothing if there is none. The newest is the last of
    /// the chain, whatever the clock said. Where all records left it is the latest of the last segment.
    pub fn newest_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let query = RecordQuery { limit: Some(1), newest_first: true, ..RecordQuery::default() };
        if let Some(newest) = self.records(&query)?.first() {
            return Ok(Some(newest.record.at));
        }
        Ok(self.segments()?.last().map(|segment| segment.last_at))
    }

    /// Returns the records of whole entries, in the chain's order: those that begin an entry and
    /// match, with everything that became of their calls. A limit counts entries. With `up_to_seq`,
    /// what became of the calls after that is still among the records, for the caller to leave out.
    pub fn entry_records(&self, query: &RecordQuery) -> Result<Vec<SealedRecord>, StoreError> {
        let filter = Filter::of_entries(query);
        self.with(|connection| {
            let mut statement = connection.prepare(&entries(&filter, query))?;
            collect(statement.query(params_from_iter(filter.values))?)
        })
    }

    /// Returns the number of the record that begins the `last`th entry from the end of those that match;
    /// `None` when there are fewer. Counting begins with 1, and 0 means the same.
    pub fn begins_last(&self, query: &RecordQuery, last: u64) -> Result<Option<u64>, StoreError> {
        let filter = Filter::of_entries(query);
        let newest = RecordQuery { newest_first: true, limit: Some(1), ..query.clone() };
        let sql = format!(
            "SELECT seq FROM audit_records r {} OFFSET {}",
            filter.clauses(&newest),
            last.saturating_sub(1)
        );
        self.with(|connection| {
            let mut statement = connection.prepare(&sql)?;
            let mut rows = statement.query(params_from_iter(filter.values))?;
            let found = rows.next()?.map(|row| row.get::<_, i64>(0)).transpose()?;
            Ok(found.map(i64::cast_unsigned))
        })
    }

    /// Returns the changes of one kind that operators and the gateway made, newest first. Those that
    /// are kept are among them when their records are in segments.
    pub fn changes(&self, action: Action) -> Result<Vec<SealedRecord>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM audit_records WHERE kind = 'admin' AND action = ?1
             UNION ALL SELECT {COLUMNS} FROM kept_changes WHERE action = ?1 ORDER BY seq DESC"
        );
        self.with(|connection| {
            let mut statement = connection.prepare(&sql)?;
            collect(statement.query([action.as_str()])?)
        })
    }

    /// Runs `visit` over every row of the chain in order, and where the chain is said to be,
    /// as of one moment. Rows are streamed; the writer goes on meanwhile. No row is checked or read
    /// as a record, so that a damaged one can be told from a missing one. A connection is taken
    /// until `visit` returns, and the log cannot shrink meanwhile.
    pub fn scan<T>(
        &self,
        visit: impl FnOnce(&ChainExtent, &mut dyn Iterator<Item = Result<RawRecord, StoreError>>) -> T,
    ) -> Result<T, StoreError> {
        self.with(|connection| {
            // Both reads see the same moment because they share this transaction.
            let moment = connection.unchecked_transaction()?;
            let extent = extent(&moment)?;
            let mut statement = moment.prepare("SELECT * FROM audit_records ORDER BY seq")?;
            let rows = statement.query_map([], raw)?;
            Ok(visit(&extent, &mut rows.map(|row| row.map_err(StoreError::from))))
        })
    }
}

/// Conditions and their values, in the same order.
#[derive(Default)]
struct Filter {
    conditions: Vec<String>,
    values: Vec<Value>,
}

/// Returns the statement for whole entries.
fn entries(filter: &Filter, query: &RecordQuery) -> String {
    format!(
        "WITH beginning AS (SELECT seq, kind, call FROM audit_records r {})
         SELECT {COLUMNS} FROM audit_records
         WHERE seq IN (SELECT seq FROM beginning)
            OR (call IN (SELECT call FROM beginning WHERE kind = 'intent')
                AND kind IN ('attempt', 'outcome'))
         ORDER BY seq",
        filter.clauses(query)
    )
}

fn of_calls(query: &RecordQuery) -> &'static str {
    if query.up_to_seq.is_some() { OF_ITS_CALL } else { OF_CALLS }
}

impl Filter {
    /// Returns the filter for what begins an entry.
    fn of_entries(query: &RecordQuery) -> Self {
        let mut filter = Self::new(query, OF_ITS_ENTRY);
        filter.and(BEGINS, None::<i64>);
        filter
    }

    fn new(query: &RecordQuery, of_call: &str) -> Self {
        let mut filter = Self::default();
        let text = |text: &str| Some(text.to_owned());
        let mut all = |condition: &str, value: Option<Value>| {
            if let Some(value) = value {
                filter.and(condition, Some(value));
            }
        };
        all("seq > ?", query.after_seq.map(|seq| seq.cast_signed().into()));
        all("seq <= ?", query.up_to_seq.map(|seq| seq.cast_signed().into()));
        all("at >= ?", query.since.map(|time| time.as_micros().into()));
        all("at < ?", query.until.map(|time| time.as_micros().into()));
        all("request = ?", query.request.as_ref().map(|id| id.as_str().to_owned().into()));
        all("call = ?", query.call.as_ref().map(|id| id.as_str().to_owned().into()));
        let environment = query.environment.as_ref().and_then(|e| text(e.as_str()));
        filter.own_or_calls("environment", environment, of_call);
        let token = query.token.as_ref().and_then(|id| text(id.as_str()));
        filter.own_or_calls("token", token, of_call);
        let person = query.person.as_ref().and_then(|id| text(id.as_str()));
        filter.own_or_calls("person", person, of_call);
        filter.one_of("kind", query.kinds.iter().copied());
        let outcome = query.up_to_seq.map_or_else(|| OUTCOME.to_owned(), outcome_by);
        filter.one_of(&outcome, query.outcomes.iter().map(|outcome| outcome.as_str()));
        for (condition, values) in details::conditions(query) {
            filter.conditions.push(condition);
            filter.values.extend(values);
        }
        filter
    }

    fn and(&mut self, condition: &str, value: Option<impl Into<Value>>) {
        self.conditions.push(condition.to_owned());
        self.values.extend(value.map(Into::into));
    }

    /// Matches the record itself, or the intent of its call.
    fn own_or_calls(&mut self, column: &str, value: Option<String>, of_call: &str) {
        let Some(value) = value else { return };
        // Numbered, since the value stands more than once. A bare `?` behind it goes on from the
        // largest number.
        let place = format!("?{}", self.values.len() + 1);
        let condition = of_call.replace("COLUMN", column).replace("PLACE", &place);
        self.and(&condition, Some(value));
    }

    fn one_of(&mut self, what: &str, values: impl Iterator<Item = &'static str>) {
        let before = self.values.len();
        self.values.extend(values.map(|value| Value::from(value.to_owned())));
        let count = self.values.len() - before;
        if count > 0 {
            self.conditions.push(format!("{what} IN (?{})", ", ?".repeat(count - 1)));
        }
    }

    /// Returns the clauses from WHERE to LIMIT.
    fn clauses(&self, query: &RecordQuery) -> String {
        let matching = match self.conditions.as_slice() {
            [] => String::new(),
            conditions => format!("WHERE {}", conditions.join(" AND ")),
        };
        // Without the sign, all rows are read in order to find those of a time; with it, only those.
        // A reader in pages is better off in order: from the second page on, sorting all of that time
        // again for each would cost the more the longer the record is.
        let is_page = query.up_to_seq.is_some() || query.after_seq.is_some();
        let is_short = query.since.is_some() && !is_page;
        let seq = if is_short { "+seq" } else { "seq" };
        let order = if query.newest_first { "DESC" } else { "ASC" };
        let limit = query.limit.map(|limit| format!("LIMIT {limit}")).unwrap_or_default();
        format!("{matching} ORDER BY {seq} {order} {limit}")
    }
}

fn collect(mut rows: Rows<'_>) -> Result<Vec<SealedRecord>, StoreError> {
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(sealed(row)?);
    }
    Ok(found)
}

fn sealed(row: &Row<'_>) -> Result<SealedRecord, StoreError> {
    let bytes: Vec<u8> = row.get(3)?;
    let record = serde_json::from_slice(&bytes)
        .map_err(|error| StoreError::Unreadable { table: "audit_records", source: error.into() })?;
    let seq: i64 = row.get(0)?;
    let link = ChainLink {
        seq: seq.cast_unsigned(),
        prev_hash: row.get(1)?,
        hash: row.get(2)?,
        bytes: bytes.into(),
    };
    Ok(SealedRecord::new(link, record))
}

fn raw(row: &Row<'_>) -> rusqlite::Result<RawRecord> {
    Ok(RawRecord {
        seq: row.get("seq")?,
        kind: row.get("kind")?,
        at: row.get("at")?,
        call: row.get("call")?,
        request: row.get("request")?,
        environment: row.get("environment")?,
        token: row.get("token")?,
        action: row.get("action")?,
        outcome: row.get("outcome")?,
        person: row.get("person")?,
        bytes: row.get("bytes")?,
        prev_hash: row.get("prev_hash")?,
        hash: row.get("hash")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::Outcome,
        store::tests::fixtures::{NOON, open},
    };

    /// However long the record is, a page goes on where the last one ended and sorts nothing before.
    #[tokio::test]
    async fn a_later_page_of_entries_is_read_in_order_from_where_the_last_one_ended() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path());
        let next = RecordQuery {
            after_seq: Some(5),
            since: Some(NOON),
            limit: Some(1000),
            ..RecordQuery::default()
        };
        let environment = Some("prod".parse().unwrap());
        let narrowed = RecordQuery { environment, outcomes: vec![Outcome::Failed], ..next.clone() };
        for query in [next, narrowed] {
            let plan = plan(&store.reader(), &query);
            let has = |step: &str| plan.iter().any(|known| known.starts_with(step));
            assert!(has("SEARCH r USING INTEGER PRIMARY KEY (rowid>?)"), "{plan:#?}");
            assert!(!has("SCAN audit_records") && !has("SCAN r"), "{plan:#?}");
            assert!(has("SEARCH audit_records USING INDEX audit_records_by_call"), "{plan:#?}");
        }
    }

    fn plan(reader: &Reader, query: &RecordQuery) -> Vec<String> {
        let filter = Filter::of_entries(query);
        let sql = format!("EXPLAIN QUERY PLAN {}", entries(&filter, query));
        let read = reader.with(|connection| {
            let mut statement = connection.prepare(&sql)?;
            let rows = statement.query_map(params_from_iter(filter.values), |row| row.get(3))?;
            Ok(rows.collect::<Result<Vec<String>, _>>()?)
        });
        read.unwrap()
    }
}
