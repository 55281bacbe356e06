//! Reading the columns of a row.

use super::statement::state_name;
use crate::{
    domain::{CallId, Generation, GenerationId, GenerationState, Timestamp, TokenId},
    store::{StoreError, error::StoreCause},
};
use rusqlite::Row;

/// The states that a row may have; a text that is none of them cannot be read.
const GENERATION_STATES: [GenerationState; 5] = [
    GenerationState::Pending,
    GenerationState::Booked,
    GenerationState::Completed,
    GenerationState::Failed,
    GenerationState::Abandoned,
];

/// The columns of a [`Generation`] in a table `g`, in the order that [`generation`] reads.
pub(super) const SELECTED_GENERATION: &str =
    "g.id, g.call, g.account, g.environment, g.owner, g.token, g.route, g.places, g.submitted_at,
     g.places_until, g.state";

pub(super) fn generation(row: &Row<'_>) -> Result<Generation, StoreError> {
    Ok(Generation {
        id: GenerationId::new(row.get::<_, String>(0)?),
        call: CallId::from_stored(row.get::<_, String>(1)?),
        account: name(row, 2)?,
        environment: name(row, 3)?,
        owner: row.get::<_, Option<String>>(4)?.map(Into::into),
        token: TokenId::from_stored(row.get::<_, String>(5)?),
        route: name(row, 6)?,
        places: row.get(7)?,
        submitted_at: Timestamp::from_micros(row.get(8)?),
        places_until: Timestamp::from_micros(row.get(9)?),
        state: one_of(row, 10, "generations", &GENERATION_STATES, state_name)?,
    })
}

/// Reads the one of `all` whose name is stored. A text that none of them has is an error: a newer
/// version wrote it, or somebody else.
pub(super) fn one_of<T: Copy>(
    row: &Row<'_>,
    column: usize,
    table: &'static str,
    all: &[T],
    stored_as: impl Fn(T) -> &'static str,
) -> Result<T, StoreError> {
    let text: String = row.get(column)?;
    let found = all.iter().copied().find(|one| stored_as(*one) == text);
    found.ok_or_else(|| unreadable(table, format!("'{text}' is unknown here")))
}

pub(super) fn name<N: std::str::FromStr<Err: Into<StoreCause>>>(
    row: &Row<'_>,
    column: usize,
) -> Result<N, StoreError> {
    let text: String = row.get(column)?;
    text.parse().map_err(|error: N::Err| unreadable("calls", error))
}

pub(super) fn unreadable(table: &'static str, source: impl Into<StoreCause>) -> StoreError {
    StoreError::Unreadable { table, source: source.into() }
}
