//! What all statements have in common.

use crate::{domain::GenerationState, store::WriteError};
use rusqlite::{Connection, Params};

/// Returns the state as it is stored. The names are in databases that exist: they are never
/// changed.
pub(super) const fn state_name(state: GenerationState) -> &'static str {
    match state {
        GenerationState::Pending => "pending",
        GenerationState::Booked => "booked",
        GenerationState::Completed => "completed",
        GenerationState::Failed => "failed",
        GenerationState::Abandoned => "abandoned",
    }
}

/// Executes a statement that must change a row. One that changes none is rejected with `complaint`,
/// and only its bundle with it.
pub(super) fn change(
    connection: &Connection,
    sql: &str,
    values: impl Params,
    complaint: &str,
) -> Result<(), WriteError> {
    match connection.prepare_cached(sql)?.execute(values)? {
        0 => Err(WriteError::Rejected(complaint.into())),
        _ => Ok(()),
    }
}
