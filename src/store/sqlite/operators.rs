//! Operators: kept and read.

use super::{Reader, statement::change};
use crate::{
    domain::{Operator, StoredOperator, TokenDigest},
    store::{StoreError, WriteError, error::StoreCause},
};
use rusqlite::{Connection, params};

/// Keeps an operator; a new secret ends the old one. Without a digest the operator must be there
/// already, and their secret stays; with one, the old digest is overwritten.
pub(super) fn save(connection: &Connection, stored: &StoredOperator) -> Result<(), WriteError> {
    let (operator, id) = (&stored.operator, stored.operator.id.as_str());
    let definition = serde_json::to_string(operator);
    let definition = definition.map_err(|error| WriteError::Rejected(error.to_string().into()))?;
    let Some(digest) = &stored.digest else {
        let sql = "UPDATE operators SET definition = ?2 WHERE id = ?1";
        return change(connection, sql, params![id, definition], "no such operator");
    };
    let sql = "INSERT INTO operators (id, digest, definition) VALUES (?1, ?2, ?3)
               ON CONFLICT (id) DO UPDATE SET digest = excluded.digest,
                                              definition = excluded.definition";
    let values = params![id, digest.as_bytes(), definition];
    change(connection, sql, values, "the operator cannot be saved")
}

impl Reader {
    /// Returns every operator with the digest of their secret, oldest first. Those that are revoked
    /// are among them. One definition that cannot be read fails the whole read.
    pub fn operators(&self) -> Result<Vec<(Operator, TokenDigest)>, StoreError> {
        self.with(|connection| {
            let sql = "SELECT definition, digest FROM operators ORDER BY id";
            let mut statement = connection.prepare(sql)?;
            let mut rows = statement.query([])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let definition: String = row.get(0)?;
                let operator = serde_json::from_str(&definition).map_err(|error| {
                    StoreError::Unreadable { table: "operators", source: StoreCause::from(error) }
                })?;
                found.push((operator, TokenDigest::from_bytes(row.get(1)?)));
            }
            Ok(found)
        })
    }
}
