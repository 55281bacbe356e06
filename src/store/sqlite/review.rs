//! Reading what tokens did, for reviews.

use super::{Reader, row::name, spend::DAY};
use crate::{
    domain::{Timestamp, TokenId, Usd},
    store::{RefusedUse, RouteUse, StoreError},
};

impl Reader {
    /// Returns what each token did since, by route and UTC day. Days of which the time since then
    /// is only a part are counted in part.
    pub fn route_uses(&self, since: Timestamp) -> Result<Vec<RouteUse>, StoreError> {
        // The sign keeps it from the index by time: with it, each call of the time would be looked
        // up on its own, which takes longer than reading them all in their order.
        let sql = "SELECT token, route, places > 0, opened_at / ?2, count(*), max(opened_at),
                     coalesce(sum(coalesce(charged, CASE WHEN coalesce(outcome, '') <> 'failed'
                                                    THEN reserved END)), 0)
                   FROM calls WHERE +opened_at >= ?1 GROUP BY 1, 2, 3, 4
                   UNION ALL
                   SELECT token, route, 0, hour / ?2, sum(count), max(last_at), 0
                   FROM reads WHERE last_at >= ?1 GROUP BY 1, 2, 4";
        self.all(sql, [since.as_micros(), DAY], |row| {
            Ok(RouteUse {
                token: TokenId::from_stored(row.get::<_, String>(0)?),
                route: name(row, 1)?,
                takes_places: row.get(2)?,
                day: Timestamp::from_micros(row.get::<_, i64>(3)?.saturating_mul(DAY)),
                calls: row.get::<_, i64>(4)?.cast_unsigned(),
                last_at: Timestamp::from_micros(row.get(5)?),
                spent: Usd::from_micros(row.get(6)?),
            })
        })
    }

    /// Returns where tokens were refused since although they had the right: for want of a place, of
    /// money, of a body that can be read. Only refusals that were written in full count, not those
    /// in summaries.
    pub fn refused_uses(&self, since: Timestamp) -> Result<Vec<RefusedUse>, StoreError> {
        // `CAST`, since `json_extract` may take a blob for its own binary form. The index is named
        // so that the statement fails, and does not read the whole record, if that is ever dropped.
        let sql = "SELECT token, json_extract(CAST(bytes AS TEXT), '$.body.route') AS route,
                          count(*), max(at)
                   FROM audit_records INDEXED BY audit_records_refusals
                   WHERE kind = 'refusal' AND token IS NOT NULL AND at >= ?1
                     AND route IS NOT NULL
                     AND json_extract(CAST(bytes AS TEXT), '$.body.code')
                         NOT IN ('token_invalid', 'scope_missing', 'environment_denied')
                   GROUP BY 1, 2";
        self.all(sql, [since.as_micros()], |row| {
            Ok(RefusedUse {
                token: TokenId::from_stored(row.get::<_, String>(0)?),
                route: name(row, 1)?,
                refusals: row.get::<_, i64>(2)?.cast_unsigned(),
                last_at: Timestamp::from_micros(row.get(3)?),
            })
        })
    }

    /// Returns when a token last did anything that left a record; changes of it are not its doing.
    /// The last is the last of the chain, whatever the clock said.
    pub fn last_seen(&self, token: &TokenId) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT at FROM audit_records WHERE token = ?1 AND kind <> 'admin'
                   ORDER BY seq DESC LIMIT 1";
        let found =
            self.all(sql, [token.as_str()], |row| Ok(Timestamp::from_micros(row.get(0)?)))?;
        Ok(found.into_iter().next())
    }

    /// Returns when the record begins. `None` while there is no record.
    pub fn record_begins(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT at FROM audit_records ORDER BY seq LIMIT 1";
        let found = self.all(sql, [], |row| Ok(Timestamp::from_micros(row.get(0)?)))?;
        Ok(found.into_iter().next())
    }
}
