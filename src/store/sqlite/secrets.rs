//! The secrets of tokens: written, forgotten, read.

use super::{Reader, statement::change};
use crate::{
    domain::{SecretUse, Timestamp, TokenDigest, TokenId, TokenSecret},
    store::{StoreError, WriteError},
};
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// A secret, and when it was last used as far as that was kept.
pub type KeptUse = (TokenSecret, Option<Timestamp>);

/// Adds a secret to a token, or gives one that it has another end. Neither its number nor the token
/// of a digest ever changes: a digest that another token or number has is rejected.
pub(super) fn save(
    connection: &Connection,
    token: &TokenId,
    secret: &TokenSecret,
) -> Result<(), WriteError> {
    let sql = "INSERT INTO token_secrets (digest, token, created_at, expires_at, number)
               VALUES (?1, ?2, ?3, ?4, ?5)
               ON CONFLICT (digest) DO UPDATE SET expires_at = excluded.expires_at
               WHERE token = excluded.token AND number = excluded.number";
    let values = params![
        secret.digest.as_bytes(),
        token.as_str(),
        secret.made_at.as_micros(),
        secret.ends_at.map(Timestamp::as_micros),
        secret.number,
    ];
    change(connection, sql, values, "the secret is in use already")
}

/// Deletes the secrets that ended by `until`; there may be none.
pub(super) fn forget(connection: &Connection, until: Timestamp) -> Result<(), WriteError> {
    let sql = "DELETE FROM token_secrets WHERE expires_at <= ?1";
    connection.prepare_cached(sql)?.execute([until.as_micros()])?;
    Ok(())
}

/// Keeps when secrets were last used; those that are forgotten by now are passed over.
pub(super) fn note_uses(connection: &Connection, uses: &[SecretUse]) -> Result<(), WriteError> {
    let sql = "UPDATE token_secrets SET last_used_at = ?3
               WHERE token = ?1 AND number = ?2 AND coalesce(last_used_at, ?3 - 1) < ?3";
    let mut statement = connection.prepare_cached(sql)?;
    for one in uses {
        statement.execute(params![one.token.as_str(), one.secret, one.at.as_micros()])?;
    }
    Ok(())
}

impl Reader {
    /// Returns the secrets of all tokens, by token and number, each with its last use that was kept.
    pub(super) fn secrets(&self) -> Result<BTreeMap<TokenId, Vec<KeptUse>>, StoreError> {
        let sql = "SELECT token, number, digest, created_at, expires_at, last_used_at
                   FROM token_secrets
                   ORDER BY token, number";
        let all = self.all(sql, [], |row| {
            let secret = TokenSecret {
                number: row.get(1)?,
                digest: TokenDigest::from_bytes(row.get(2)?),
                made_at: Timestamp::from_micros(row.get(3)?),
                ends_at: row.get::<_, Option<i64>>(4)?.map(Timestamp::from_micros),
            };
            let last = row.get::<_, Option<i64>>(5)?.map(Timestamp::from_micros);
            Ok((TokenId::from_stored(row.get::<_, String>(0)?), (secret, last)))
        })?;
        let mut secrets: BTreeMap<TokenId, Vec<KeptUse>> = BTreeMap::new();
        for (token, secret) in all {
            secrets.entry(token).or_default().push(secret);
        }
        Ok(secrets)
    }

    /// Returns when a request last came with that secret of a token and was let in, as far as that
    /// left a record. Reads backwards from the newest record of the token, at most to the moment the
    /// secret was made.
    pub fn secret_last_used(
        &self,
        token: &TokenId,
        secret: &TokenSecret,
    ) -> Result<Option<Timestamp>, StoreError> {
        // Records from before secrets had numbers name none: the secret was the first then.
        let sql = "SELECT at FROM audit_records
                   WHERE token = ?1 AND (kind IN ('intent', 'refusal') OR (kind = 'outcome'
                         AND json_extract(CAST(bytes AS TEXT), '$.body.of') IS NOT NULL))
                     AND seq >= coalesce((SELECT seq FROM audit_records WHERE at >= ?2
                                          ORDER BY at LIMIT 1), 0)
                     AND coalesce(json_extract(CAST(bytes AS TEXT), '$.body.secret'),
                                  json_extract(CAST(bytes AS TEXT), '$.body.of.secret'), 1) = ?3
                     AND coalesce(json_extract(CAST(bytes AS TEXT), '$.body.code'), '')
                         <> 'token_invalid'
                   ORDER BY seq DESC LIMIT 1";
        let values = params![token.as_str(), secret.made_at.as_micros(), secret.number];
        let found = self.all(sql, values, |row| Ok(Timestamp::from_micros(row.get(0)?)))?;
        Ok(found.into_iter().next())
    }
}
