//! Records leave the database: from the beginning only, and only those that a segment on record holds.

use super::{base::base, statement::change};
use crate::{
    domain::{Action, StoredSegment, Timestamp},
    store::{ChainHead, WriteError},
};
use rusqlite::{Connection, OptionalExtension, params};

/// Puts a segment on record; one that does not follow the last one is rejected.
pub(super) fn keep(
    connection: &Connection,
    segment: &StoredSegment,
    folder: &str,
) -> Result<(), WriteError> {
    let sql = "SELECT last, hash FROM segments ORDER BY first DESC LIMIT 1";
    let newest = connection.prepare_cached(sql)?.query_row([], |row| {
        Ok(ChainHead { seq: row.get::<_, i64>(0)?.cast_unsigned(), hash: row.get(1)? })
    });
    let follows = newest.optional()?.is_none_or(|newest| newest.hash == segment.prev_hash);
    let newest = newest_last(connection)?;
    if !follows || segment.first != newest + 1 || segment.last < segment.first {
        return Err(rejected("the segment does not follow the one before it"));
    }
    insert(connection, segment)?;
    let sql = "UPDATE chain_base SET folder = ?1 WHERE only = 1";
    change(connection, sql, [folder], "the chain's beginning is missing")
}

fn newest_last(connection: &Connection) -> rusqlite::Result<u64> {
    let sql = "SELECT coalesce(max(last), 0) FROM segments";
    let last: i64 = connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
    Ok(last.cast_unsigned())
}

fn insert(connection: &Connection, segment: &StoredSegment) -> Result<(), WriteError> {
    let sql =
        "INSERT INTO segments (first, last, prev_hash, hash, first_at, last_at, bytes, sha256,
                                     note, deleted_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let values = params![
        segment.first.cast_signed(),
        segment.last.cast_signed(),
        segment.prev_hash,
        segment.hash,
        segment.first_at.as_micros(),
        segment.last_at.as_micros(),
        segment.bytes.cast_signed(),
        segment.sha256,
        segment.note,
        segment.deleted_at.map(Timestamp::as_micros),
    ];
    change(connection, sql, values, "the segment is on record already")
}

/// Takes the first records out of the database, up to one that a segment holds and whose hash is this.
/// What is needed however old it is stays behind: changes that are kept, and names.
pub(super) fn move_out(
    connection: &Connection,
    up_to: u64,
    hash: &[u8; 32],
) -> Result<(), WriteError> {
    let base = base(connection)?.head.seq;
    let last = up_to.cast_signed();
    let sql = "SELECT EXISTS (SELECT 1 FROM segments
                              WHERE first <= ?1 AND last >= ?1 AND deleted_at IS NULL)
                  AND EXISTS (SELECT 1 FROM audit_records WHERE seq = ?1 AND hash = ?2)";
    let is_held = |row: &rusqlite::Row<'_>| row.get::<_, bool>(0);
    let is_held = connection.prepare_cached(sql)?.query_row(params![last, hash], is_held)?;
    if !is_held || up_to <= base {
        return Err(rejected("no segment on record holds the records that are to leave"));
    }
    keep_changes(connection, last)?;
    keep_names(connection, last)?;
    connection.prepare_cached("DELETE FROM audit_records WHERE seq <= ?1")?.execute([last])?;
    let sql = "UPDATE chain_base SET seq = ?1, hash = ?2 WHERE only = 1";
    change(connection, sql, params![last, hash], "the chain's beginning is missing")
}

fn keep_changes(connection: &Connection, last: i64) -> Result<(), WriteError> {
    // The text is the same each time, so that the statement stays prepared.
    let kept = Action::ALL.iter().filter(|action| action.is_kept());
    let kept: Vec<_> = kept.map(|action| format!("'{action}'")).collect();
    let sql = format!(
        "INSERT OR IGNORE INTO kept_changes (seq, action, bytes, prev_hash, hash)
         SELECT seq, action, bytes, prev_hash, hash FROM audit_records
         WHERE seq <= ?1 AND kind = 'admin' AND action IN ({})",
        kept.join(", ")
    );
    connection.prepare_cached(&sql)?.execute([last])?;
    Ok(())
}

fn keep_names(connection: &Connection, last: i64) -> Result<(), WriteError> {
    let sql = "INSERT OR IGNORE INTO archived_names (kind, name)
               SELECT 'environment', environment FROM audit_records
               WHERE seq <= ?1 AND environment IS NOT NULL
               UNION SELECT 'token', token FROM audit_records WHERE seq <= ?1 AND token IS NOT NULL";
    connection.prepare_cached(sql)?.execute([last])?;
    Ok(())
}

/// Notes that a segment's file is deleted.
pub(super) fn drop_file(
    connection: &Connection,
    first: u64,
    at: Timestamp,
) -> Result<(), WriteError> {
    // Records that are still to leave are not in the database alone any more, but they are there.
    let sql = "UPDATE segments SET deleted_at = ?2 WHERE first = ?1 AND deleted_at IS NULL
                 AND last <= (SELECT seq FROM chain_base)";
    let values = params![first.cast_signed(), at.as_micros()];
    change(connection, sql, values, "there is no such segment to delete")
}

/// Exchanges what is signed of a segment.
pub(super) fn sign_anew(connection: &Connection, first: u64, note: &str) -> Result<(), WriteError> {
    let sql = "UPDATE segments SET note = ?2 WHERE first = ?1";
    change(connection, sql, params![first.cast_signed(), note], "there is no such segment")
}

/// Accepts that records are lost: of the segments, those wholly before them stay, and the chain begins
/// behind the last of the lost ones.
pub(super) fn accept_lost(connection: &Connection, lost: &StoredSegment) -> Result<(), WriteError> {
    let sql = "DELETE FROM segments WHERE last >= ?1";
    connection.prepare_cached(sql)?.execute([lost.first.cast_signed()])?;
    insert(connection, lost)
}

/// Gives pages back that nothing is in. It may be fewer than asked for, or none.
pub(super) fn shrink(connection: &Connection, pages: u32) -> Result<(), WriteError> {
    // It yields a row for each page, and frees only as far as it is asked for them.
    let mut statement = connection.prepare(&format!("PRAGMA incremental_vacuum({pages})"))?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}

fn rejected(why: &str) -> WriteError {
    WriteError::Rejected(why.into())
}
