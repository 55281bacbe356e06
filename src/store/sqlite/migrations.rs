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
    include_str!("008_people.sql"),
    include_str!("010_segments.sql"),
    include_str!("011_notified.sql"),
    include_str!("009_living.sql"),
];

/// Runs the steps that the database has not seen yet, each in a transaction. A crash in between
/// leaves the steps that are done, and the next start goes on with the rest. A newer database is
/// refused, and no step is ever taken back.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let found = version(connection)?;
    let is_old = found > 0 && found < newest();
    if is_old {
        tracing::info!(
            from = found,
            to = newest(),
            "the database is brought up to date; a large one needs some seconds"
        );
    }
    for (step, known) in STEPS.iter().zip(1..).skip(found as usize) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step)?;
        // In the same transaction: a crash between the two would run the step a second time, and no
        // start would succeed.
        transaction.pragma_update(None, "user_version", known)?;
        transaction.commit()?;
    }
    if is_old {
        tracing::info!("the database is up to date");
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

/// Returns the newest schema that is known here, which is that of every database in use.
pub fn newest() -> u32 {
    u32::try_from(STEPS.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Pause, PauseTarget, Timestamp};

    /// Steps that were there before calls said whose they are.
    const BEFORE: u32 = 6;

    #[test]
    fn calls_of_before_keep_whose_they_were_and_what_came_of_them() {
        let mut connection = Connection::open_in_memory().unwrap();
        for (step, _) in STEPS.iter().zip(0..BEFORE) {
            connection.execute_batch(step).unwrap();
        }
        connection.pragma_update(None, "user_version", BEFORE).unwrap();
        let of_before = r#"
            INSERT INTO tokens VALUES ('tok_a', '{"owner":"marketing"}'), ('tok_b', '{"owner":null}');
            INSERT INTO calls (call, account, environment, token, route, places, fingerprint, opened_at)
            VALUES ('call_1', 'ideogram', 'prod', 'tok_a', 'v3.generate', 2, x'00', 1),
                   ('call_2', 'ideogram', 'prod', 'tok_b', 'models', 0, x'00', 2);
            INSERT INTO audit_records (seq, kind, at, call, action, bytes, prev_hash, hash) VALUES
            (1, 'intent', 1, 'call_1', 'a', CAST('{"body":{"model":"V_3"}}' AS BLOB), x'00', x'00'),
            (2, 'outcome', 1, 'call_1', 'a', CAST('{"body":{"images":2}}' AS BLOB), x'00', x'00'),
            (3, 'outcome', 1, 'call_1', 'a', CAST('{"body":{"images":0}}' AS BLOB), x'00', x'00'),
            (4, 'intent', 2, 'call_2', 'a', CAST('{"body":{}}' AS BLOB), x'00', x'00');
            UPDATE chain_head SET seq = 4;"#;
        connection.execute_batch(of_before).unwrap();

        migrate(&mut connection).unwrap();

        let line = |connection: &Connection, sql: &str| -> String {
            connection.query_row(sql, [], |row| row.get(0)).unwrap()
        };
        let calls =
            "SELECT group_concat(concat_ws(' ', call, coalesce(owner, '-'), coalesce(model, '-'),
                       images, asked, coalesce(person, '-')), ', ') FROM calls";
        assert_eq!(line(&connection, calls), "call_1 marketing V_3 2 0 -, call_2 - - 0 0 -");
        assert_eq!(line(&connection, "SELECT CAST(seq AS TEXT) FROM persons_begin"), "4");
        migrate(&mut connection).unwrap();
        assert_eq!(
            line(&connection, calls),
            "call_1 marketing V_3 2 0 -, call_2 - - 0 0 -",
            "once is enough"
        );
    }

    /// Returns a database as it was before pauses were kept apart, with these changes on record.
    fn before_pauses(changes: &[(&str, i64)]) -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        let place = STEPS.iter().position(|step| step.contains("CREATE TABLE pauses")).unwrap();
        STEPS[..place].iter().for_each(|step| connection.execute_batch(step).unwrap());
        connection.pragma_update(None, "user_version", u32::try_from(place).unwrap()).unwrap();
        for (action, at) in changes {
            let sql = "INSERT INTO audit_records (kind, at, action, bytes, prev_hash, hash)
                       VALUES ('admin', ?1, ?2, x'', x'', x'')";
            connection.execute(sql, rusqlite::params![at, action]).unwrap();
        }
        connection
    }

    fn pauses(connection: &Connection) -> Vec<Pause> {
        let mut statement = connection.prepare("SELECT definition FROM pauses").unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        rows.map(|text| serde_json::from_str(&text.unwrap()).unwrap()).collect()
    }

    #[test]
    fn a_pause_from_before_this_version_survives_the_upgrade() {
        let (paused, resumed) = ("queue.pause", "queue.resume");
        let at = 1_700_000_000_000_042;
        let mut old = before_pauses(&[(paused, 1), (resumed, 2), (paused, at), ("key.rotate", at)]);
        migrate(&mut old).unwrap();
        let [pause] = &*pauses(&old) else { panic!("one pause") };
        assert_eq!((&pause.target, pause.since), (&PauseTarget::All, Timestamp::from_micros(at)));
        assert_eq!((&pause.reason, pause.until, &pause.by), (&None, None, &None));
        for changes in [&[][..], &[(paused, 1), (resumed, 2)], &[(resumed, 1)]] {
            let mut old = before_pauses(changes);
            migrate(&mut old).unwrap();
            assert_eq!(pauses(&old), [], "{changes:?}");
        }
    }
}
