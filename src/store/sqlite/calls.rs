//! Reading what is derived: tokens, calls, generations.

use super::{
    Reader,
    row::{SELECTED_GENERATION, generation, name, one_of, unreadable},
    secrets::KeptUse,
};
use crate::{
    domain::{
        CallId, EnvironmentName, Fingerprint, Generation, GenerationId, OpenCall, Outcome,
        PersonId, Timestamp, Token, TokenId, Usd,
    },
    store::{PlacesHeld, StoreError, UnsettledCall},
};
use rusqlite::{Params, Row};

/// The columns of an [`OpenCall`], in the order that [`open_call`] reads. One list serves all, so
/// that columns and their reading cannot drift apart.
macro_rules! select_calls {
    ($more:literal) => {
        concat!(
            "SELECT call, account, environment, token, route, places, fingerprint, reserved,
             opened_at, outcome, closed_at, places_until, owner, person, model, asked FROM calls ",
            $more
        )
    };
}

impl Reader {
    /// Returns every token with its secrets, by number; those that ended and are not forgotten too.
    /// Tokens come by id; revoked ones are among them.
    pub fn tokens(&self) -> Result<Vec<(Token, Vec<KeptUse>)>, StoreError> {
        let mut secrets = self.secrets()?;
        self.all("SELECT definition FROM tokens ORDER BY id", [], |row| {
            let definition: String = row.get(0)?;
            let token: Token =
                serde_json::from_str(&definition).map_err(|error| unreadable("tokens", error))?;
            let secrets = secrets.remove(&token.id).unwrap_or_default();
            Ok((token, secrets))
        })
    }

    /// Returns the calls without an end: sent or about to be, or left open by a crash. The oldest
    /// comes first. At a start all of them were left by a former run.
    pub fn open_calls(&self) -> Result<Vec<OpenCall>, StoreError> {
        self.all(select_calls!("WHERE closed_at IS NULL ORDER BY opened_at"), [], open_call)
    }

    /// Returns whose a call is, and what is reserved for it; nothing for a call that is not known.
    pub fn whose_call(
        &self,
        call: &CallId,
    ) -> Result<Option<(EnvironmentName, Option<Usd>)>, StoreError> {
        let sql = "SELECT environment, reserved FROM calls WHERE call = ?1";
        let read = |row: &Row<'_>| {
            let reserved: Option<i64> = row.get(1)?;
            Ok((name(row, 0)?, reserved.map(Usd::from_micros)))
        };
        Ok(self.all(sql, [call.as_str()], read)?.into_iter().next())
    }

    /// Returns the calls that ended, but whose places are still taken; their time may have passed.
    /// Those whose time is up first come first.
    pub fn held_calls(&self) -> Result<Vec<PlacesHeld>, StoreError> {
        let sql =
            select_calls!("WHERE places_until IS NOT NULL AND released = 0 ORDER BY places_until");
        self.all(sql, [], |row| {
            let until = Timestamp::from_micros(row.get(11)?);
            Ok(PlacesHeld { call: open_call(row)?, outcome: outcome(row, 9)?, until })
        })
    }

    /// Returns the calls that ended at `since` or later and whose answer may have reached nobody.
    /// The oldest end comes first, so that of two with one fingerprint the later one comes last.
    pub fn unsettled_fingerprints(
        &self,
        since: Timestamp,
    ) -> Result<Vec<UnsettledCall>, StoreError> {
        // A claimed call is met by its key alone.
        let sql = "SELECT fingerprint, call, outcome, closed_at, environment, token FROM calls
                   WHERE (outcome = 'unknown' OR (outcome = 'success' AND delivered = 0))
                     AND closed_at >= ?1
                     AND NOT EXISTS (SELECT 1 FROM claims WHERE claims.call = calls.call)
                   ORDER BY closed_at";
        self.all(sql, [since.as_micros()], |row| {
            Ok(UnsettledCall {
                fingerprint: Fingerprint::from_bytes(row.get(0)?),
                call: CallId::from_stored(row.get::<_, String>(1)?),
                outcome: outcome(row, 2)?,
                closed_at: Timestamp::from_micros(row.get(3)?),
                environment: name(row, 4)?,
                token: TokenId::from_stored(row.get::<_, String>(5)?),
            })
        })
    }

    /// Returns the calls that ended before `before` and whose money is still reserved, the oldest
    /// first; those whose generation is still followed are left out.
    pub fn unsettled(&self, before: Timestamp) -> Result<Vec<OpenCall>, StoreError> {
        let sql = select_calls!(
            "WHERE charged IS NULL AND reserved > 0 AND outcome IN ('unknown', 'success')
               AND closed_at < ?1
               AND NOT EXISTS (SELECT 1 FROM generations g
                               WHERE g.call = calls.call AND g.state = 'pending')
             ORDER BY closed_at"
        );
        self.all(sql, [before.as_micros()], open_call)
    }

    /// Returns an unknown call whose reserved money was given back. `None` for one that is still
    /// reserved, that was charged, or that never had a price.
    pub fn written_off(&self, call: &CallId) -> Result<Option<OpenCall>, StoreError> {
        let sql = select_calls!(
            "WHERE call = ?1 AND charged = 0 AND reserved > 0 AND outcome IN ('unknown', 'success')"
        );
        Ok(self.all(sql, [call.as_str()], open_call)?.into_iter().next())
    }

    /// Returns the generations that nobody has seen end. The oldest comes first, whether or not the
    /// time of its places is up.
    pub fn pending_generations(&self) -> Result<Vec<Generation>, StoreError> {
        self.generations("g.state = 'pending' ORDER BY g.submitted_at", [])
    }

    /// Returns a generation, if it was submitted or named through this gateway. It is found in
    /// every state, with those whom it belongs to.
    pub fn generation(&self, id: &GenerationId) -> Result<Option<Generation>, StoreError> {
        let found = self.generations("g.id = ?1", [id.as_str()])?;
        Ok(found.into_iter().next())
    }

    fn generations(&self, which: &str, values: impl Params) -> Result<Vec<Generation>, StoreError> {
        let sql = format!("SELECT {SELECTED_GENERATION} FROM generations g WHERE {which}");
        self.all(&sql, values, generation)
    }

    /// The first row that cannot be read ends the read with its error. Statements are kept
    /// prepared, so `sql` should be one of few texts.
    pub(super) fn all<T>(
        &self,
        sql: &str,
        values: impl Params,
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query(values)?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(read(row)?);
            }
            Ok(found)
        })
    }
}

fn open_call(row: &Row<'_>) -> Result<OpenCall, StoreError> {
    Ok(OpenCall {
        call: CallId::from_stored(row.get::<_, String>(0)?),
        account: name(row, 1)?,
        environment: name(row, 2)?,
        token: TokenId::from_stored(row.get::<_, String>(3)?),
        route: name(row, 4)?,
        places: row.get(5)?,
        fingerprint: Fingerprint::from_bytes(row.get(6)?),
        reserved: row.get::<_, Option<i64>>(7)?.map(Usd::from_micros),
        opened_at: Timestamp::from_micros(row.get(8)?),
        owner: row.get::<_, Option<String>>(12)?.map(Into::into),
        person: row.get::<_, Option<String>>(13)?.map(PersonId::from_stored),
        model: row.get::<_, Option<String>>(14)?.map(Into::into),
        asked: row.get(15)?,
    })
}

fn outcome(row: &Row<'_>, column: usize) -> Result<Outcome, StoreError> {
    const OUTCOMES: [Outcome; 4] =
        [Outcome::Success, Outcome::Refused, Outcome::Failed, Outcome::Unknown];
    one_of(row, column, "calls", &OUTCOMES, Outcome::as_str)
}
