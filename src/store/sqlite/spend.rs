//! Reading what was spent, as budgets count it.

use super::{Reader, row::name};
use crate::{
    domain::{Timestamp, TokenId, Usd},
    store::{DailySpend, StoreError},
};
use rusqlite::Row;

/// A UTC day in microseconds.
pub(super) const DAY: i64 = 24 * 60 * 60 * 1_000_000;

impl Reader {
    /// Returns the spend of calls opened at `since` or later, by UTC day, token and route. Money is
    /// reserved for a call until its charge is known, unless it failed. Open calls are counted like
    /// others.
    pub fn spend(&self, since: Timestamp) -> Result<Vec<DailySpend>, StoreError> {
        // `coalesce`, since an open call has no outcome: `NULL <> 'failed'` does not hold, and its
        // reserve would not be counted.
        let sql =
            "SELECT account, environment, token, route, opened_at / ?2, count(*), sum(places),
                     coalesce(sum(charged), 0),
                     coalesce(sum(CASE WHEN charged IS NULL AND coalesce(outcome, '') <> 'failed'
                                  THEN reserved END), 0)
                   FROM calls WHERE opened_at >= ?1
                   GROUP BY account, environment, token, route, opened_at / ?2 ORDER BY 5, 3, 4";
        self.all(sql, [since.as_micros(), DAY], |row| {
            Ok(DailySpend {
                account: name(row, 0)?,
                environment: name(row, 1)?,
                token: TokenId::from_stored(row.get::<_, String>(2)?),
                route: name(row, 3)?,
                day: Timestamp::from_micros(row.get::<_, i64>(4)?.saturating_mul(DAY)),
                calls: count(row, 5)?,
                places: count(row, 6)?,
                charged: Usd::from_micros(row.get(7)?),
                reserved: Usd::from_micros(row.get(8)?),
            })
        })
    }
}

fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(row.get::<_, i64>(column)?.cast_unsigned())
}
