//! Pauses: kept and read.

use super::{Reader, row::unreadable, statement::change};
use crate::{
    domain::{Pause, PauseTarget},
    store::{StoreError, WriteError},
};
use rusqlite::{Connection, params};

/// Keeps a pause; one of the same is replaced.
pub(super) fn save(connection: &Connection, pause: &Pause) -> Result<(), WriteError> {
    let definition = serde_json::to_string(pause);
    let definition = definition.map_err(|error| WriteError::Rejected(error.to_string().into()))?;
    let sql = "INSERT INTO pauses (target, definition) VALUES (?1, ?2)
               ON CONFLICT (target) DO UPDATE SET definition = excluded.definition";
    change(
        connection,
        sql,
        params![pause.target.to_string(), definition],
        "the pause cannot be kept",
    )
}

/// Ends a pause; one that ended already is no contradiction.
pub(super) fn end(connection: &Connection, target: &PauseTarget) -> Result<(), WriteError> {
    connection
        .prepare_cached("DELETE FROM pauses WHERE target = ?1")?
        .execute([target.to_string()])?;
    Ok(())
}

impl Reader {
    /// Returns the pauses that were made and not ended, also those whose time is up by now.
    pub fn pauses(&self) -> Result<Vec<Pause>, StoreError> {
        self.all("SELECT definition FROM pauses ORDER BY target", [], |row| {
            let definition: String = row.get(0)?;
            serde_json::from_str(&definition).map_err(|error| unreadable("pauses", error))
        })
    }
}
