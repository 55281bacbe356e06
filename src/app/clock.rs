//! Whether the clock can be believed.

use crate::{
    domain::Timestamp,
    store::{Reader, StoreError},
};
use std::time::Duration;

/// Clocks that are set right now and then go back by less.
const SLACK: Duration = Duration::from_secs(2);

/// Returns what to tell of a clock that is behind the newest record: by it tokens would live too long, and
/// budgets count for a day that is over.
///
/// `None` where the clock is right, or where there is no record. Differences of up to two seconds do not
/// count. It is an error if the record cannot be read.
pub fn clock_doubt(reader: &Reader, now: Timestamp) -> Result<Option<String>, StoreError> {
    let Some(newest) = reader.newest_at()? else { return Ok(None) };
    if now.plus(SLACK) >= newest {
        return Ok(None);
    }
    Ok(Some(format!(
        "the clock says {now}, but the newest record is of {newest}: set the clock, or tokens end too late \
         and budgets count for the wrong day"
    )))
}
