//! Which records may leave the database, and how much that frees.

use super::Reader;
use crate::{
    domain::{CallId, Timestamp},
    store::{CallAtWork, ChainLink, RecordSize, StoreError},
};
use rusqlite::params;

/// Calls of which more records may come, each choice through an index of its own, with what is to come.
const AT_WORK: [(&str, &str); 4] = [
    ("SELECT call FROM calls WHERE closed_at IS NULL", "the call is open"),
    (
        "SELECT call FROM calls WHERE places_until > ?1 AND released = 0",
        "places of the call are held",
    ),
    (
        "SELECT call FROM calls WHERE charged IS NULL AND reserved > 0
         AND outcome IN ('unknown', 'success')",
        "what the call cost is not known",
    ),
    (
        "SELECT call FROM generations WHERE state = 'pending'
         UNION SELECT call FROM generations WHERE state = 'booked'",
        "a generation of the call goes on, or its bill is to come",
    ),
];

impl Reader {
    /// Returns the first record that was made at `time` or later, whatever comes behind it.
    pub fn first_since(&self, time: Timestamp) -> Result<Option<u64>, StoreError> {
        let sql = "SELECT min(seq) FROM audit_records WHERE at >= ?1";
        let found = self.all(sql, [time.as_micros()], |row| Ok(row.get::<_, Option<i64>>(0)?))?;
        Ok(found.into_iter().flatten().next().map(i64::cast_unsigned))
    }

    /// Returns the last record that was made before `time`.
    pub fn last_before(&self, time: Timestamp) -> Result<Option<u64>, StoreError> {
        let sql = "SELECT max(seq) FROM audit_records WHERE at < ?1";
        let found = self.all(sql, [time.as_micros()], |row| Ok(row.get::<_, Option<i64>>(0)?))?;
        Ok(found.into_iter().flatten().next().map(i64::cast_unsigned))
    }

    /// Returns the first record of all calls that are not at rest; `None` if every call is.
    pub fn first_at_work(&self, now: Timestamp) -> Result<Option<CallAtWork>, StoreError> {
        let mut first: Option<CallAtWork> = None;
        for (calls, why) in AT_WORK {
            let sql = format!(
                "SELECT r.seq, r.call FROM audit_records r
                 WHERE r.call IN ({calls}) AND ?1 IS NOT NULL ORDER BY r.seq LIMIT 1"
            );
            let found = self.all(&sql, [now.as_micros()], |row| {
                let call = CallId::from_stored(row.get::<_, String>(1)?);
                Ok(CallAtWork { seq: row.get::<_, i64>(0)?.cast_unsigned(), call, why })
            })?;
            let before = |one: &CallAtWork| first.as_ref().is_none_or(|first| one.seq < first.seq);
            first = found.into_iter().find(before).or(first);
        }
        Ok(first)
    }

    /// Returns how large the records after one are, in the chain's order; `most` of them at most.
    pub fn sizes(&self, after: u64, most: usize) -> Result<Vec<RecordSize>, StoreError> {
        let sql = "SELECT seq, at, length(bytes) FROM audit_records WHERE seq > ?1
                   ORDER BY seq LIMIT ?2";
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.all(sql, params![after.cast_signed(), most], |row| {
            Ok(RecordSize {
                seq: row.get::<_, i64>(0)?.cast_unsigned(),
                at: Timestamp::from_micros(row.get(1)?),
                bytes: row.get::<_, i64>(2)?.cast_unsigned(),
            })
        })
    }

    /// Returns links of the chain after one, in order and as stored; nothing is read as a record.
    pub fn links(&self, after: u64, most: usize) -> Result<Vec<ChainLink>, StoreError> {
        let sql = "SELECT seq, prev_hash, hash, bytes FROM audit_records WHERE seq > ?1
                   ORDER BY seq LIMIT ?2";
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.all(sql, params![after.cast_signed(), most], |row| {
            Ok(ChainLink {
                seq: row.get::<_, i64>(0)?.cast_unsigned(),
                prev_hash: row.get(1)?,
                hash: row.get(2)?,
                bytes: row.get::<_, Vec<u8>>(3)?.into(),
            })
        })
    }

    /// Returns the pages of the database that nothing is in.
    pub fn free_pages(&self) -> Result<u32, StoreError> {
        self.with(|connection| {
            Ok(connection.pragma_query_value(None, "freelist_count", |row| row.get(0))?)
        })
    }

    /// Returns the bytes of the database's file, its free pages with it; the write-ahead log is not counted.
    pub fn file_size(&self) -> Result<u64, StoreError> {
        self.with(|connection| {
            let of =
                |setting| connection.pragma_query_value(None, setting, |row| row.get::<_, u32>(0));
            Ok(u64::from(of("page_count")?) * u64::from(of("page_size")?))
        })
    }

    /// Says whether the database's file can become smaller. Only those of older versions cannot, where
    /// they were too large to be rewritten at a start.
    pub fn can_shrink(&self) -> Result<bool, StoreError> {
        let kind = |connection: &rusqlite::Connection| {
            connection.pragma_query_value(None, "auto_vacuum", |row| row.get::<_, i64>(0))
        };
        self.with(|connection| Ok(kind(connection)? == super::connection::INCREMENTAL))
    }
}
