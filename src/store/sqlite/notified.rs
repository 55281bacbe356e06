//! What somebody was told of.

use super::Reader;
use crate::{
    domain::{OnceKey, Timestamp},
    store::{StoreError, WriteError},
};
use rusqlite::{Connection, params};

/// Keeps that somebody was told. To be told again changes nothing: it may be noted a second time after an
/// outage.
pub(super) fn keep(
    connection: &Connection,
    key: &OnceKey,
    at: Timestamp,
) -> Result<(), WriteError> {
    let sql = "INSERT INTO notified (key, at) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING";
    connection.prepare_cached(sql)?.execute(params![key.as_bytes(), at.as_micros()])?;
    Ok(())
}

/// Forgets what was told before that time.
pub(super) fn forget(connection: &Connection, before: Timestamp) -> Result<(), WriteError> {
    let sql = "DELETE FROM notified WHERE at < ?1";
    connection.prepare_cached(sql)?.execute([before.as_micros()])?;
    Ok(())
}

impl Reader {
    /// Returns what somebody was told of, in no order.
    pub fn notified(&self) -> Result<Vec<OnceKey>, StoreError> {
        self.all("SELECT key FROM notified", [], |row| Ok(OnceKey::from_bytes(row.get(0)?)))
    }
}
