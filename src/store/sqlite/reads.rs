//! Counting calls that cannot cost anything.

use super::statement::change;
use crate::{
    domain::{PersonId, ReadUse},
    store::WriteError,
};
use rusqlite::{Connection, params};

/// An hour in microseconds.
pub(super) const HOUR: i64 = 60 * 60 * 1_000_000;

/// Counts one answered call in the hour in which it was opened.
pub(super) fn count(connection: &Connection, read: &ReadUse) -> Result<(), WriteError> {
    let sql = "INSERT INTO reads (hour, account, environment, token, owner, person, route, count, last_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8)
               ON CONFLICT DO UPDATE SET count = count + 1, last_at = max(last_at, excluded.last_at)";
    let at = read.at.as_micros();
    let values = params![
        at - at.rem_euclid(HOUR),
        read.account.as_str(),
        read.environment.as_str(),
        read.token.as_str(),
        read.owner.as_deref().unwrap_or_default(),
        read.person.as_ref().map(PersonId::as_str).unwrap_or_default(),
        read.route.as_str(),
        at,
    ];
    change(connection, sql, values, "the read cannot be counted")
}
