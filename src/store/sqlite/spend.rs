//! Reading what was spent, and on what.

use super::{Reader, row::name};
use crate::{
    domain::{EnvironmentName, Timestamp, TokenId, Usd},
    store::{DailySpend, StoreError, Usage, UsageQuery},
};
use rusqlite::{Row, params};

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

    /// Returns what calls used, by UTC day, account, environment, token, route, model and whether they took
    /// anything.
    ///
    /// Reads the record of each of those calls: for reports, not for each call.
    pub fn usage(&self, query: &UsageQuery) -> Result<Vec<Usage>, StoreError> {
        let environment = query.environment.as_ref().map(EnvironmentName::as_str);
        let token = query.token.as_ref().map(TokenId::as_str);
        let until = query.until.map(Timestamp::as_micros);
        let values = params![query.since.as_micros(), DAY, environment, token, until];
        self.all(USAGE, values, |row| {
            Ok(Usage {
                day: Timestamp::from_micros(row.get::<_, i64>(0)?.saturating_mul(DAY)),
                account: name(row, 1)?,
                environment: name(row, 2)?,
                token: TokenId::from_stored(row.get::<_, String>(3)?),
                route: name(row, 4)?,
                model: row.get::<_, Option<String>>(5)?.map(Into::into),
                takes: row.get(6)?,
                calls: count(row, 7)?,
                images: count(row, 8)?,
                charged: Usd::from_micros(row.get(9)?),
                reserved: Usd::from_micros(row.get(10)?),
            })
        })
    }
}

const USAGE: &str = "WITH used AS (
  SELECT opened_at / ?2 AS day, account, environment, token, route, charged,
    places > 0 OR coalesce(charged, 0) > 0 OR coalesce(reserved, 0) > 0 AS takes,
    CASE WHEN charged IS NULL AND coalesce(outcome, '') <> 'failed' THEN reserved END AS reserved,
    (SELECT json_extract(CAST(i.bytes AS TEXT), '$.body.model')
     FROM audit_records i WHERE i.call = c.call AND i.kind = 'intent') AS model,
    (SELECT max(json_extract(CAST(o.bytes AS TEXT), '$.body.images'))
     FROM audit_records o WHERE o.call = c.call AND o.kind = 'outcome') AS images
  FROM calls c WHERE opened_at >= ?1 AND (?3 IS NULL OR environment = ?3)
    AND (?4 IS NULL OR token = ?4) AND (?5 IS NULL OR opened_at < ?5))
SELECT day, account, environment, token, route, model, takes, count(*), coalesce(sum(images), 0),
  coalesce(sum(charged), 0), coalesce(sum(reserved), 0)
FROM used GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7";

fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(row.get::<_, i64>(column)?.cast_unsigned())
}
