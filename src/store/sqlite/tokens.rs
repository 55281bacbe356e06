//! Tokens: kept, forgotten, read.

use super::{Reader, statement::change};
use crate::{
    domain::{Timestamp, Token, TokenId},
    store::{StoreError, WriteError},
};
use rusqlite::{Connection, Row, params};
use std::collections::BTreeSet;

/// What keeps a token from being forgotten, the gravest first, with the tokens of which it is so.
const AT_WORK: [(&str, &str); 4] = [
    ("a call is still open", "SELECT token FROM calls WHERE closed_at IS NULL"),
    (
        "still has money reserved",
        "SELECT token FROM calls
         WHERE outcome IN ('unknown', 'success') AND charged IS NULL AND reserved > 0",
    ),
    (
        "still holds places",
        "SELECT token FROM calls WHERE places_until IS NOT NULL AND released = 0
         UNION SELECT token FROM generations WHERE state IN ('pending', 'booked')",
    ),
    ("an idempotency key is still kept", "SELECT token FROM claims WHERE expires_at > ?1"),
];

/// Keeps a token as it is now.
pub(super) fn save(connection: &Connection, token: &Token) -> Result<(), WriteError> {
    let definition = serde_json::to_string(token);
    let definition = definition.map_err(|error| WriteError::Rejected(error.to_string().into()))?;
    let sql = "INSERT INTO tokens (id, definition) VALUES (?1, ?2)
               ON CONFLICT (id) DO UPDATE SET definition = excluded.definition";
    change(connection, sql, params![token.id.as_str(), definition], "the token cannot be saved")
}

/// Forgets tokens and their secrets; what they were called is kept apart.
pub(super) fn prune(
    connection: &Connection,
    tokens: &[TokenId],
    at: Timestamp,
) -> Result<(), WriteError> {
    for token in tokens {
        let sql = "INSERT INTO pruned_tokens (id, name, environment, owner, pruned_at)
                   SELECT id, json_extract(definition, '$.name'),
                          json_extract(definition, '$.environment'),
                          json_extract(definition, '$.owner'), ?2
                   FROM tokens WHERE id = ?1";
        let values = params![token.as_str(), at.as_micros()];
        change(connection, sql, values, "no such token to forget")?;
        let sql = "DELETE FROM token_secrets WHERE token = ?1";
        connection.prepare_cached(sql)?.execute([token.as_str()])?;
        let sql = "DELETE FROM tokens WHERE id = ?1";
        change(connection, sql, [token.as_str()], "no such token to forget")?;
    }
    Ok(())
}

fn token_id(row: &Row<'_>) -> Result<TokenId, StoreError> {
    Ok(TokenId::from_stored(row.get::<_, String>(0)?))
}

impl Reader {
    /// Returns the tokens of which something is still open at `now`, by what it is.
    pub fn tokens_at_work(
        &self,
        now: Timestamp,
    ) -> Result<Vec<(BTreeSet<TokenId>, &'static str)>, StoreError> {
        let mut found = Vec::new();
        for (why, sql) in AT_WORK {
            let tokens = if sql.contains("?1") {
                self.all(sql, [now.as_micros()], token_id)?
            } else {
                self.all(sql, [], token_id)?
            };
            found.push((tokens.into_iter().collect(), why));
        }
        Ok(found)
    }

    /// Returns the tokens of that name that were forgotten, each with its environment; the last forgotten first.
    pub fn pruned_tokens(&self, name: &str) -> Result<Vec<(TokenId, Box<str>)>, StoreError> {
        let sql = "SELECT id, environment FROM pruned_tokens WHERE name = ?1
                   ORDER BY pruned_at DESC";
        self.all(sql, [name], |row| {
            let id = TokenId::from_stored(row.get::<_, String>(0)?);
            Ok((id, row.get::<_, String>(1)?.into()))
        })
    }
}
