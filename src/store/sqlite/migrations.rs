//! The schema's history: numbered steps, each run once, never changed after a release.

use crate::store::StoreError;
use rusqlite::{Connection, TransactionBehavior};

/// Step `n` of the list leads to schema `n + 1`. Its number is kept in the database as `SQLite`'s
/// `user_version`.
const STEPS: &[&str] = &[
    include_str!("001_foundation.sql"),
    include_str!("002_claims.sql"),
    include_str!("003_access.sql"),
    include_str!("004_operators.sql"),
    // The place in this list counts and not the number in the name: there is no 005.
    include_str!("006_webhooks.sql"),
    include_str!("007_booked.sql"),
];

/// Runs the steps that the database has not seen yet, each in a transaction. A crash in between
/// leaves the steps that are done, and the next start goes on with the rest. A newer database is
/// refused, and no step is ever taken back.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let found = version(connection)?;
    for (step, known) in STEPS.iter().zip(1..).skip(found as usize) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step)?;
        // In the same transaction: a crash between the two would run the step a second time, and no
        // start would succeed.
        transaction.pragma_update(None, "user_version", known)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Refuses a database that a reader here cannot understand. It must be exactly the newest that is
/// known here: readers never change a schema.
pub(super) fn require_current(connection: &Connection) -> Result<(), StoreError> {
    let (found, known) = (version(connection)?, newest());
    if found == known { Ok(()) } else { Err(StoreError::OlderSchema { found, known }) }
}

fn version(connection: &Connection) -> Result<u32, StoreError> {
    let found = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = newest();
    if found > known { Err(StoreError::NewerSchema { found, known }) } else { Ok(found) }
}

fn newest() -> u32 {
    u32::try_from(STEPS.len()).unwrap_or(u32::MAX)
}
