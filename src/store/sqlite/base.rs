//! Where the chain begins here, and what the database keeps of what is before.

use super::{Reader, chain};
use crate::{
    domain::{StoredSegment, Timestamp},
    store::{ChainBase, ChainExtent, ChainHead, KeptChange, StoreError},
};
use rusqlite::{Connection, Row};

const SEGMENT: &str =
    "first, last, prev_hash, hash, first_at, last_at, bytes, sha256, note, deleted_at";

/// Reads where the chain begins. Where somebody took that row away it begins with the first record.
pub(super) fn base(connection: &Connection) -> rusqlite::Result<ChainBase> {
    let mut statement = connection.prepare_cached("SELECT seq, hash, folder FROM chain_base")?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else {
        return Ok(ChainBase { head: ChainHead { seq: 0, hash: [0; 32] }, folder: None });
    };
    let head = ChainHead { seq: row.get::<_, i64>(0)?.cast_unsigned(), hash: row.get(1)? };
    Ok(ChainBase { head, folder: row.get::<_, Option<String>>(2)?.map(Into::into) })
}

/// Reads all that says where the chain is.
pub(super) fn extent(connection: &Connection) -> rusqlite::Result<ChainExtent> {
    let sql = "SELECT seq, action, bytes, prev_hash, hash FROM kept_changes ORDER BY seq";
    let mut statement = connection.prepare_cached(sql)?;
    let kept = statement.query_map([], kept)?.collect::<Result<_, _>>()?;
    Ok(ChainExtent {
        base: base(connection)?.head,
        head: chain::head(connection)?,
        segments: segments(connection)?,
        kept,
    })
}

fn segments(connection: &Connection) -> rusqlite::Result<Vec<StoredSegment>> {
    let sql = format!("SELECT {SEGMENT} FROM segments ORDER BY first");
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map([], segment)?.collect()
}

fn segment(row: &Row<'_>) -> rusqlite::Result<StoredSegment> {
    let number = |column: usize| row.get::<_, i64>(column).map(i64::cast_unsigned);
    Ok(StoredSegment {
        first: number(0)?,
        last: number(1)?,
        prev_hash: row.get(2)?,
        hash: row.get(3)?,
        first_at: Timestamp::from_micros(row.get(4)?),
        last_at: Timestamp::from_micros(row.get(5)?),
        bytes: number(6)?,
        sha256: row.get(7)?,
        note: row.get::<_, String>(8)?.into(),
        deleted_at: row.get::<_, Option<i64>>(9)?.map(Timestamp::from_micros),
    })
}

fn kept(row: &Row<'_>) -> rusqlite::Result<KeptChange> {
    Ok(KeptChange {
        seq: row.get(0)?,
        action: row.get(1)?,
        bytes: row.get(2)?,
        prev_hash: row.get(3)?,
        hash: row.get(4)?,
    })
}

impl Reader {
    /// Returns where the chain begins here.
    pub fn base(&self) -> Result<ChainBase, StoreError> {
        self.with(|connection| Ok(base(connection)?))
    }

    /// Returns the segments, from the first on; those whose files were deleted too.
    pub fn segments(&self) -> Result<Vec<StoredSegment>, StoreError> {
        self.with(|connection| Ok(segments(connection)?))
    }

    /// Returns all that says where the chain is, as of one moment.
    pub fn extent(&self) -> Result<ChainExtent, StoreError> {
        self.with(|connection| {
            let moment = connection.unchecked_transaction()?;
            Ok(extent(&moment)?)
        })
    }
}
