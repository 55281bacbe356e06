//! Reading single links of the chain.

use super::Reader;
use crate::store::{ChainHead, StoreError};
use rusqlite::{Connection, OptionalExtension};

/// Reads where the chain is said to end, with number 0 when it is empty; `None` where somebody took
/// that row away. It is a row of its own, so that records which somebody removed from the chain's
/// end are missed.
pub(super) fn said_head(connection: &Connection) -> rusqlite::Result<Option<ChainHead>> {
    let mut statement = connection.prepare_cached("SELECT seq, hash FROM chain_head")?;
    let said = statement.query_row([], |row| {
        Ok(ChainHead { seq: row.get::<_, i64>(0)?.cast_unsigned(), hash: row.get(1)? })
    });
    said.optional()
}

/// Returns where the chain is said to end. Where nothing is said it ends before the first record, so
/// that all that is there is beyond its end.
pub(super) fn head(connection: &Connection) -> rusqlite::Result<ChainHead> {
    Ok(said_head(connection)?.unwrap_or(ChainHead { seq: 0, hash: [0; 32] }))
}

impl Reader {
    /// Returns where the chain ends. What is seen is durable. The number is 0 in an empty chain.
    pub fn head(&self) -> Result<ChainHead, StoreError> {
        self.with(|connection| Ok(head(connection)?))
    }

    /// Returns the hash of a record as it is stored; `None` when it is not in the database. The last
    /// record that left counts as one of its own. It is not checked: in a record that somebody changed
    /// it may have any length.
    pub fn hash_at(&self, seq: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.with(|connection| {
            let sql = "SELECT hash FROM audit_records WHERE seq = ?1
                       UNION ALL SELECT hash FROM chain_base WHERE seq = ?1 AND seq > 0 LIMIT 1";
            let mut statement = connection.prepare_cached(sql)?;
            Ok(statement.query_row([seq.cast_signed()], |row| row.get(0)).optional()?)
        })
    }
}
