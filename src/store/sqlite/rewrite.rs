//! Databases of older versions are rewritten once, so that their files can become smaller.

use super::{connection, log, size_bound::used};
use crate::store::StoreError;
use rusqlite::Connection;
use std::{path::Path, time::Instant};

/// The largest database that is rewritten at a start, in bytes: it takes about two seconds.
const MOST: u64 = 256 * 1024 * 1024;

/// How often a database must fit into what is free on the disk: for a copy, for the log, and once more.
const TIMES: u64 = 3;

/// Rewrites a database that cannot become smaller, if that is quick and the disk has room for it.
///
/// It is one transaction: a crash in it leaves the database as it was. One that is too large, or has no
/// room, is used as it is: what leaves it is room for what comes, and the file keeps its size.
pub(super) fn rewrite_if_old(database: &Connection, dir: &Path) -> Result<(), StoreError> {
    let found: i64 = database.pragma_query_value(None, "auto_vacuum", |row| row.get(0))?;
    let bytes = used(database)?;
    if found == connection::INCREMENTAL || bytes > MOST || !has_room(dir, bytes) {
        return Ok(());
    }
    tracing::info!(bytes, "the database is rewritten once, so that its file can become smaller");
    let started = Instant::now();
    let rewritten = database.execute_batch("VACUUM");
    // All of it is in the log now, which nobody should have to read through.
    let moved = log::cut_off(database);
    match (rewritten, moved) {
        (Ok(()), Ok(_)) => {
            let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
            tracing::info!(took_ms, "the database was rewritten");
        }
        // A bound, or a disk that filled up meanwhile: it works as it did before.
        (Err(error), _) => {
            tracing::warn!(%error, "the database was not rewritten; it is used as it is");
        }
        (_, Err(error)) => tracing::warn!(%error, "the database's log was not moved"),
    }
    Ok(())
}

fn has_room(dir: &Path, bytes: u64) -> bool {
    let free = rustix::fs::statvfs(dir).map(|about| about.f_bavail.saturating_mul(about.f_frsize));
    free.is_ok_and(|free| free / TIMES >= bytes)
}
