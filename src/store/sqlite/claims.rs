//! Idempotency keys: taken with the intent, ended with the outcome.

use super::{Reader, row::one_of, statement::change};
use crate::{
    domain::{CallId, Claim, ClaimKey, ClaimState, Fingerprint, Timestamp, TokenId},
    store::{KeptClaim, StoreError, WriteError},
};
use rusqlite::{Connection, params};

/// Takes a key. One that is taken contradicts: the call behind it must not be sent a second time. A
/// key whose time was up when the claim was made is taken over, even if nobody has forgotten it
/// yet.
pub(super) fn take(connection: &Connection, claim: &Claim) -> Result<(), WriteError> {
    let sql = "INSERT INTO claims (key, token, fingerprint, call, state, claimed_at, expires_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
               ON CONFLICT (key) DO UPDATE SET token = excluded.token,
                   fingerprint = excluded.fingerprint, call = excluded.call,
                   state = excluded.state, claimed_at = excluded.claimed_at,
                   expires_at = excluded.expires_at
               WHERE expires_at <= excluded.claimed_at";
    let values = params![
        claim.key.as_bytes(),
        claim.token.as_str(),
        claim.fingerprint.as_bytes(),
        claim.call.as_str(),
        ClaimState::Running.as_str(),
        claim.claimed_at.as_micros(),
        claim.expires_at.as_micros(),
    ];
    change(connection, sql, values, "the idempotency key is taken")
}

/// Notes how a claimed call ended. A claim that is gone is no reason to refuse the call's outcome.
pub(super) fn end(
    connection: &Connection,
    call: &CallId,
    state: ClaimState,
) -> Result<(), WriteError> {
    let sql = "UPDATE claims SET state = ?2 WHERE call = ?1";
    connection.prepare_cached(sql)?.execute(params![call.as_str(), state.as_str()])?;
    Ok(())
}

/// Gives the key of a call back. Without a claim there is nothing to do: calls without a key are
/// freed alike.
pub(super) fn free(connection: &Connection, call: &CallId) -> Result<(), WriteError> {
    let sql = "DELETE FROM claims WHERE call = ?1";
    connection.prepare_cached(sql)?.execute([call.as_str()])?;
    Ok(())
}

/// Forgets keys whose time is up. Those that end at this very time are forgotten too.
pub(super) fn expire(connection: &Connection, until: Timestamp) -> Result<(), WriteError> {
    let sql = "DELETE FROM claims WHERE expires_at <= ?1";
    connection.prepare_cached(sql)?.execute([until.as_micros()])?;
    Ok(())
}

impl Reader {
    /// Returns the idempotency keys that are taken at `now`, oldest first. Those that end first
    /// come first, which is the same while all are kept equally long.
    pub fn claims(&self, now: Timestamp) -> Result<Vec<KeptClaim>, StoreError> {
        let sql = "SELECT key, token, fingerprint, call, state, claimed_at, expires_at FROM claims
                   WHERE expires_at > ?1 ORDER BY expires_at";
        self.all(sql, [now.as_micros()], |row| {
            let claim = Claim {
                key: ClaimKey::from_bytes(row.get(0)?),
                token: TokenId::from_stored(row.get::<_, String>(1)?),
                fingerprint: Fingerprint::from_bytes(row.get(2)?),
                call: CallId::from_stored(row.get::<_, String>(3)?),
                claimed_at: Timestamp::from_micros(row.get(5)?),
                expires_at: Timestamp::from_micros(row.get(6)?),
            };
            let state = one_of(row, 4, "claims", &ClaimState::ALL, ClaimState::as_str)?;
            Ok(KeptClaim { claim, state })
        })
    }
}
