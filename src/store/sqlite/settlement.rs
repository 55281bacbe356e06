//! What a call is charged, when that is settled, corrected or taken back after its end.

use super::{
    Reader,
    row::{SELECTED_GENERATION, generation},
    statement::change,
};
use crate::{
    domain::{Bill, CallId, Timestamp, Usd},
    store::{BookedCall, StoreError, WriteError},
};
use rusqlite::{Connection, params};

/// Settles a call whose charge was not known. One that has a charge contradicts, so that nothing is
/// charged twice. Without a charge nothing changes: the call stays open for one.
pub(super) fn settle(
    connection: &Connection,
    call: &CallId,
    charged: Option<Usd>,
) -> Result<(), WriteError> {
    let sql = "UPDATE calls SET charged = ?2 WHERE call = ?1 AND charged IS NULL";
    let values = params![call.as_str(), charged.map(Usd::as_micros)];
    change(connection, sql, values, "the call is settled already")
}

/// Counts images that a call is charged for. Of several numbers the largest stays, since the same
/// images are told more than once.
pub(super) fn count_images(
    connection: &Connection,
    call: &CallId,
    images: u32,
) -> Result<(), WriteError> {
    let sql = "UPDATE calls SET images = max(images, ?2) WHERE call = ?1";
    change(connection, sql, params![call.as_str(), images], "no such call to count images of")
}

/// Corrects a charge once, and only from what it was corrected against. The generation has nothing
/// more to tell then. A charge that changed meanwhile contradicts, and nothing of the correction
/// stays.
pub(super) fn correct(connection: &Connection, bill: &Bill) -> Result<(), WriteError> {
    let sql = "UPDATE generations SET state = 'completed'
               WHERE id = ?1 AND call = ?2 AND state = 'booked'";
    let (generation, call) = (bill.generation.as_str(), bill.call.as_str());
    change(connection, sql, [generation, call], "what was billed is known already")?;
    let sql = "UPDATE calls SET charged = ?2 WHERE call = ?1 AND charged = ?3";
    let values = params![call, bill.after.as_micros(), bill.before.as_micros()];
    change(connection, sql, values, "the call was charged otherwise meanwhile")
}

/// Takes back that a call was written off. Its charge is not known any more, so that reads of what
/// was spent count its reserve again.
pub(super) fn reserve_again(connection: &Connection, call: &CallId) -> Result<(), WriteError> {
    // `success` too: a call whose generation nobody saw end answered well, and may be written off.
    let sql = "UPDATE calls SET charged = NULL
               WHERE call = ?1 AND charged = 0 AND reserved > 0
                 AND outcome IN ('unknown', 'success')";
    change(connection, sql, [call.as_str()], "the call is not written off")
}

impl Reader {
    /// Returns the calls that were charged by the price table and whose generations were not asked
    /// yet what was billed. The oldest generation comes first.
    pub fn booked_calls(&self) -> Result<Vec<BookedCall>, StoreError> {
        let sql = format!(
            "SELECT {SELECTED_GENERATION}, c.opened_at, c.charged, c.reserved
             FROM generations g JOIN calls c ON c.call = g.call
             WHERE g.state = 'booked' AND c.charged IS NOT NULL ORDER BY g.submitted_at"
        );
        self.all(&sql, [], |row| {
            let charged = Usd::from_micros(row.get(12)?);
            Ok(BookedCall {
                generation: generation(row)?,
                opened_at: Timestamp::from_micros(row.get(11)?),
                charged,
                bound: row.get::<_, Option<i64>>(13)?.map_or(charged, Usd::from_micros),
            })
        })
    }
}
