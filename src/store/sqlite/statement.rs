//! What all statements have in common.

use crate::{domain::GenerationState, store::WriteError};
use rusqlite::{Connection, Params};

/// Returns the state as it is stored.
pub(super) const fn state_name(state: GenerationState) -> &'static str {
    match state {
        GenerationState::Pending => "pending",
        GenerationState::Booked => "booked",
        GenerationState::Completed => "completed",
        GenerationState::Failed => "failed",
        GenerationState::Abandoned => "abandoned",
    }
}

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
