//! End users: kept, found, and removed so that nothing of them stays.

use super::{Reader, statement::change};
use crate::{
    domain::{AssertedPerson, PersonDigest, PersonId, SealedName, StoredPerson, Timestamp},
    store::{PersonUse, StoreError, WriteError},
};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// Returns the id of the person of a digest, as of the open transaction.
pub(super) fn id_of(
    connection: &Connection,
    digest: &PersonDigest,
) -> rusqlite::Result<Option<PersonId>> {
    let mut statement = connection.prepare_cached("SELECT id FROM persons WHERE digest = ?1")?;
    let found = statement.query_row([digest.as_bytes()], |row| row.get::<_, String>(0)).optional();
    Ok(found?.map(PersonId::from_stored))
}

/// Keeps somebody who is new. A digest or an id that is there already contradicts.
pub(super) fn save(connection: &Connection, stored: &StoredPerson) -> Result<(), WriteError> {
    let sql = "INSERT INTO persons (id, digest, sealed, since) VALUES (?1, ?2, ?3, ?4)";
    let values = params![
        stored.id.as_str(),
        stored.person.digest.as_bytes(),
        stored.person.sealed.as_bytes(),
        stored.since.as_micros(),
    ];
    change(connection, sql, values, "the person cannot be saved")
}

/// Removes somebody. What the row held is overwritten with zeros, in whole pages that come free too.
pub(super) fn forget(connection: &Connection, id: &PersonId) -> Result<(), WriteError> {
    // For this statement alone: archiving would write every page twice that it frees.
    connection.pragma_update(None, "secure_delete", "on")?;
    let sql = "DELETE FROM persons WHERE id = ?1";
    let removed = change(connection, sql, [id.as_str()], "nobody is stored under that id");
    connection.pragma_update(None, "secure_delete", "fast")?;
    removed
}

impl Reader {
    /// Returns the id of the person of a digest.
    pub fn person_of(&self, digest: &PersonDigest) -> Result<Option<PersonId>, StoreError> {
        self.with(|connection| Ok(id_of(connection, digest)?))
    }

    /// Returns who stands behind an id; `None` once they are forgotten.
    pub fn stored_person(&self, id: &PersonId) -> Result<Option<StoredPerson>, StoreError> {
        let sql = "SELECT id, digest, sealed, since FROM persons WHERE id = ?1";
        Ok(self.all(sql, [id.as_str()], |row| Ok(stored(row)?))?.into_iter().next())
    }

    /// Returns how many calls were made on somebody's behalf, those that were only counted too.
    pub fn calls_of(&self, id: &PersonId) -> Result<u64, StoreError> {
        let sql = "SELECT (SELECT count(*) FROM calls WHERE person = ?1)
                     + (SELECT coalesce(sum(count), 0) FROM reads WHERE person = ?1)";
        let found =
            self.all(sql, [id.as_str()], |row| Ok(row.get::<_, i64>(0)?.cast_unsigned()))?;
        Ok(found.into_iter().next().unwrap_or_default())
    }

    /// Returns how many records hold a name itself, as an app sent it; only an older version wrote such records.
    /// Those that left the database are not among them.
    pub fn records_naming(&self, name: &str) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM audit_records WHERE seq <= (SELECT seq FROM persons_begin)
                     AND json_extract(CAST(bytes AS TEXT), '$.body.on_behalf_of') = ?1";
        let found = self.all(sql, [name], |row| Ok(row.get::<_, i64>(0)?.cast_unsigned()))?;
        Ok(found.into_iter().next().unwrap_or_default())
    }

    /// Returns who is known and what was done on their behalf, by id, after one of them if one is
    /// given.
    pub fn persons(
        &self,
        after: Option<&PersonId>,
        limit: usize,
    ) -> Result<Vec<PersonUse>, StoreError> {
        let sql = "WITH known AS (SELECT * FROM persons WHERE id > ?1 ORDER BY id LIMIT ?2),
             used AS (
               SELECT person, count(*) AS calls, max(opened_at) AS last_at FROM calls
               WHERE person IN (SELECT id FROM known) GROUP BY person
               UNION ALL
               SELECT person, sum(count), max(last_at) FROM reads
               WHERE person IN (SELECT id FROM known) GROUP BY person)
             SELECT k.id, k.digest, k.sealed, k.since,
               (SELECT sum(calls) FROM used u WHERE u.person = k.id),
               (SELECT max(last_at) FROM used u WHERE u.person = k.id)
             FROM known k ORDER BY k.id";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let after = after.map(PersonId::as_str).unwrap_or_default();
        self.all(sql, params![after, limit], |row| {
            Ok(PersonUse {
                person: stored(row)?,
                calls: row.get::<_, Option<i64>>(4)?.unwrap_or_default().cast_unsigned(),
                last_at: row.get::<_, Option<i64>>(5)?.map(Timestamp::from_micros),
            })
        })
    }
}

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredPerson> {
    let person = AssertedPerson {
        digest: PersonDigest::from_bytes(row.get(1)?),
        sealed: SealedName::from_bytes(row.get::<_, Vec<u8>>(2)?),
    };
    Ok(StoredPerson {
        id: PersonId::from_stored(row.get::<_, String>(0)?),
        person,
        since: Timestamp::from_micros(row.get(3)?),
    })
}
