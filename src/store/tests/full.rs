//! A database with a bound: who may fill it how far.

use super::fixtures::*;
use crate::{
    domain::{Action, AuditRecord, Bundle, LEAST_MAX_SIZE, Outcome, Principal},
    store::{Durability, Journal, JournalError, JournalHealth, Store, StoreOptions},
};
use rusqlite::Connection;
use serde_json::Value;
use std::path::Path;

const MIB: i64 = 1024 * 1024;

fn bounded(dir: &Path) -> Store {
    Store::open(StoreOptions { max_size: LEAST_MAX_SIZE, ..options(dir) }).unwrap()
}

/// Fills the database with so many bytes, as only another connection can.
fn fill(dir: &Path, bytes: i64) {
    let other = Connection::open(dir.join("ideogate.db")).unwrap();
    other.execute_batch("CREATE TABLE IF NOT EXISTS filler (bytes BLOB)").unwrap();
    other.execute("INSERT INTO filler VALUES (zeroblob(?1))", [bytes]).unwrap();
}

fn empty(dir: &Path) {
    let other = Connection::open(dir.join("ideogate.db")).unwrap();
    other.execute_batch("DELETE FROM filler").unwrap();
}

fn change(action: Action) -> Bundle {
    let by = Principal::Gateway;
    Bundle::record(AuditRecord::change(NOON, by, action, "x", Value::Null, Value::Null))
}

fn is_full<T: std::fmt::Debug>(done: &Result<T, JournalError>) -> bool {
    matches!(done, Err(JournalError::Full(_)))
}

async fn opens(journal: &Journal) -> Result<(), JournalError> {
    let call = call("prod");
    journal.commit_intent(intent(&call), call.clone(), None, None).await.map(drop)
}

#[tokio::test]
async fn each_kind_of_bundle_ends_at_its_own_limit() {
    let dir = tempfile::tempdir().unwrap();
    let store = bounded(dir.path());
    let (journal, sent) = (store.journal(), call("prod"));
    drop(journal.commit_intent(intent(&sent), sent.clone(), None, None).await.unwrap());
    fill(dir.path(), 24 * MIB);
    assert!(is_full(&opens(&journal).await));
    assert!(matches!(&*journal.health().borrow(), JournalHealth::Full(_)));
    assert!(is_full(&journal.commit(Bundle::record(refusal("late"))).await));
    journal.append(refusal("late"), None).expect_err("whoever appends counts it");
    journal.commit(change(Action::TokenCreate)).await.unwrap();

    fill(dir.path(), 6 * MIB);
    assert!(is_full(&journal.commit(change(Action::TokenCreate)).await));
    journal.commit(change(Action::TokenRevoke)).await.unwrap();

    fill(dir.path(), MIB + MIB / 2);
    assert!(is_full(&journal.commit(change(Action::TokenRevoke)).await));
    let ended = journal.commit_sent(outcome(&sent, Outcome::Success)).await;
    assert_eq!(ended, Ok(Durability::Committed));
    assert!(store.reader().open_calls().unwrap().is_empty());
    assert_eq!(assert_chain(&store.reader()), ["intent", "admin", "admin", "outcome"]);
}

#[tokio::test]
async fn what_was_appended_in_the_very_moment_waits_for_room() {
    let dir = tempfile::tempdir().unwrap();
    let store = bounded(dir.path());
    let journal = store.journal();
    fill(dir.path(), 24 * MIB);
    journal.append(refusal("in the very moment"), None).unwrap();
    assert!(is_full(&journal.flush().await), "it is not in");
    assert!(assert_chain(&store.reader()).is_empty());
    empty(dir.path());
    let mut health = journal.health();
    health.wait_for(|health| *health == JournalHealth::Good).await.unwrap();
    journal.flush().await.unwrap();
    assert_eq!(assert_chain(&store.reader()), ["refusal"]);
}

#[tokio::test]
async fn a_start_finds_out_that_the_database_is_full_and_goes_on_beyond_its_bound() {
    let dir = tempfile::tempdir().unwrap();
    let (store, left) = (bounded(dir.path()), call("prod"));
    drop(store.journal().commit_intent(intent(&left), left.clone(), None, None).await.unwrap());
    fill(dir.path(), 40 * MIB);
    store.close().await;
    let store = bounded(dir.path());
    let journal = store.journal();
    assert!(matches!(&*journal.health().borrow(), JournalHealth::Full(_)));
    journal.commit(outcome(&left, Outcome::Unknown)).await.unwrap();
    assert!(is_full(&journal.commit(change(Action::TokenCreate)).await));
    journal.commit(change(Action::TokenRevoke)).await.unwrap();
    assert!(is_full(&opens(&journal).await));
}

#[tokio::test]
async fn the_wall_is_an_outage_for_what_has_happened_and_a_larger_bound_ends_it() {
    let dir = tempfile::tempdir().unwrap();
    let (store, sent) = (bounded(dir.path()), call("prod"));
    let journal = store.journal();
    drop(journal.commit_intent(intent(&sent), sent.clone(), None, None).await.unwrap());
    fill(dir.path(), 33 * MIB);
    let mut ended = outcome(&sent, Outcome::Success);
    ended.records.push(refusal(&"x".repeat(20_000)));
    assert_eq!(journal.commit_sent(ended).await, Ok(Durability::Spilled));
    assert!(matches!(&*journal.health().borrow(), JournalHealth::Failed(_)));
    drop((store, journal));

    let store = open(dir.path());
    assert!(store.reader().open_calls().unwrap().is_empty());
    assert_eq!(assert_chain(&store.reader()), ["intent", "outcome", "refusal"]);
}
