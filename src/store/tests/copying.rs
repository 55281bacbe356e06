//! A copy is of one moment, whatever is written while it is made.

use super::fixtures::{open, refusal};
use crate::{
    domain::Bundle,
    store::{CopyEnd, Reader},
};
use rusqlite::Connection;

/// Steps after which a copy that begins anew again and again is given up.
const MANY: u32 = 200;

#[tokio::test]
async fn a_copy_is_of_one_moment_although_somebody_writes_between_its_steps() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    store.journal().commit(Bundle::record(refusal("before"))).await.unwrap();
    let beside = Connection::open(dir.path().join("ideogate.db")).unwrap();
    let filler = "CREATE TABLE filler (number INTEGER, bytes BLOB);
                  INSERT INTO filler VALUES (0, randomblob(8388608))";
    beside.execute_batch(filler).unwrap();
    let into = tempfile::tempdir().unwrap();
    let mut steps = 0_u32;
    let mut writes = || {
        steps += 1;
        beside.execute("INSERT INTO filler VALUES (?1, zeroblob(4096))", [steps]).unwrap();
        steps < MANY
    };
    let end = store.reader().copy_to(into.path(), &mut writes).unwrap();
    assert_eq!(end, CopyEnd::Whole, "in {steps} steps");
    let copy = Reader::open(into.path()).unwrap();
    assert_eq!(copy.quick_check().unwrap(), None);
    assert_eq!(copy.head().unwrap(), store.reader().head().unwrap());
    let copied = Connection::open(into.path().join("ideogate.db")).unwrap();
    let count = |of: &Connection| -> i64 {
        of.query_row("SELECT count(*) FROM filler", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(count(&copied), 1, "what was there when it began");
    assert!(count(&beside) > 8, "while it was made more came");
    store.close().await;
}

#[tokio::test]
async fn a_copy_that_is_not_to_go_on_ends_and_damage_is_seen() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    store.journal().commit(Bundle::record(refusal("one"))).await.unwrap();
    let into = tempfile::tempdir().unwrap();
    let given_up = store.reader().copy_to(into.path(), &mut || false).unwrap();
    assert_eq!(given_up, CopyEnd::GivenUp);
    let whole = tempfile::tempdir().unwrap();
    assert_eq!(store.reader().copy_to(whole.path(), &mut || true).unwrap(), CopyEnd::Whole);
    let file = whole.path().join("ideogate.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    // The whole of a page in the middle.
    bytes[middle - middle % 4096..][..4096].fill(0xff);
    std::fs::write(&file, bytes).unwrap();
    let damaged = Reader::open(whole.path()).unwrap().quick_check();
    assert!(!matches!(damaged, Ok(None)), "{damaged:?}");
    store.close().await;
}
