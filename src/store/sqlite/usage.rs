//! Reading what was used, and by whom.

use super::{Reader, reads::HOUR, row::name};
use crate::{
    domain::{EnvironmentName, PersonId, Timestamp, TokenId, Usd},
    store::{StoreError, SumKey, Usage, UsageQuery},
};
use rusqlite::params;

// The record is not looked at: its old days may be elsewhere, and a report must not change by that.
const USED: &str = "WITH used AS (
  SELECT opened_at AS at, account, environment, token, owner, person, route, model,
    places > 0 OR coalesce(charged, 0) > 0 OR coalesce(reserved, 0) > 0 AS takes,
    1 AS calls, 0 AS reads, images, charged,
    CASE WHEN charged IS NULL AND coalesce(outcome, '') <> 'failed' THEN reserved END AS reserved
  FROM calls WHERE opened_at >= ?1 AND (?2 IS NULL OR opened_at < ?2)
  UNION ALL
  SELECT hour, account, environment, token, nullif(owner, ''), nullif(person, ''), route, NULL,
    0, 0, count, 0, NULL, NULL
  FROM reads WHERE hour > ?3 AND (?2 IS NULL OR hour < ?2))";

impl Reader {
    /// Returns what was used, by the key of the query, by route and by whether it took anything.
    /// Nothing is read but one row of each call and of each hour's reads.
    pub fn usage(&self, query: &UsageQuery) -> Result<Vec<Usage>, StoreError> {
        let sql = format!(
            "{USED} SELECT {}, route, takes, sum(calls), sum(reads), sum(images),
               coalesce(sum(charged), 0), coalesce(sum(reserved), 0)
             FROM used WHERE (?4 IS NULL OR environment = ?4) AND (?5 IS NULL OR token = ?5)
               AND (?6 IS NULL OR owner = ?6) AND (?7 IS NULL OR person = ?7)
             GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            key(query.by)
        );
        let since = query.since.as_micros();
        let values = params![
            since,
            query.until.map(Timestamp::as_micros),
            since.saturating_sub(HOUR),
            query.environment.as_ref().map(EnvironmentName::as_str),
            query.token.as_ref().map(TokenId::as_str),
            query.owner,
            query.person.as_ref().map(PersonId::as_str),
        ];
        self.all(&sql, values, |row| {
            let count = |column| row.get::<_, i64>(column).map(i64::cast_unsigned);
            Ok(Usage {
                key: row.get::<_, String>(0)?.into(),
                route: name(row, 1)?,
                takes: row.get(2)?,
                calls: count(3)?,
                reads: count(4)?,
                images: count(5)?,
                charged: Usd::from_micros(row.get(6)?),
                reserved: Usd::from_micros(row.get(7)?),
            })
        })
    }
}

/// Returns the expression for a key. It groups, so that a long span costs no more lines than there
/// are keys.
const fn key(by: SumKey) -> &'static str {
    match by {
        SumKey::Environment => "environment",
        SumKey::Token => "token",
        SumKey::Owner => "coalesce(owner, 'none')",
        SumKey::User => "coalesce(person, 'none')",
        SumKey::Route => "route",
        SumKey::Model => "coalesce(model, 'none')",
        SumKey::Day => "strftime('%Y-%m-%d', at / 1000000, 'unixepoch')",
        SumKey::Hour => "strftime('%Y-%m-%dT%H:00Z', at / 1000000, 'unixepoch')",
        SumKey::Account => "account",
    }
}
