//! What is particular to the database in a file.

use super::fixtures::*;
use crate::{
    domain::Bundle,
    store::{JournalError, JournalHealth, Reader, Store, StoreError},
};
use rusqlite::Connection;
use std::os::unix::fs::PermissionsExt;

#[tokio::test]
async fn the_files_are_for_their_owner_only_and_the_log_is_gone_after_closing() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    store.journal().commit(Bundle::record(refusal("one"))).await.unwrap();
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?}", entry.file_name());
    }
    store.close().await;
    assert!(!dir.path().join("ideogate.db-wal").exists());
    let closed = store.journal().commit(Bundle::record(refusal("two"))).await;
    assert!(matches!(closed, Err(JournalError::Unavailable(_))));
    let sent = store.journal().commit_sent(Bundle::record(refusal("two"))).await;
    assert!(matches!(sent, Err(JournalError::Closed)), "nobody may take it for recorded");
    assert!(store.journal().append(refusal("three"), None).is_err());
    assert!(matches!(&*store.journal().health().borrow(), JournalHealth::Failed(_)));
}

#[tokio::test]
async fn a_reader_works_beside_the_writer() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let other = Reader::open(dir.path()).unwrap();
    store.journal().commit(Bundle::record(refusal("one"))).await.unwrap();
    assert_eq!(assert_chain(&other).len(), 1);
    let journal = store.journal();
    let streamed = other.scan(|_, rows| {
        rows.next().unwrap().unwrap();
        journal.append(refusal("while a row is being looked at"), None).unwrap();
        rows.count()
    });
    assert_eq!(streamed.unwrap(), 0, "a scan sees one moment");
    store.journal().flush().await.unwrap();
    assert_eq!(assert_chain(&other).len(), 2);
}

#[test]
fn a_database_of_a_newer_ideogate_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()));
    let connection = Connection::open(dir.path().join("ideogate.db")).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let refused = Store::open(options(dir.path())).unwrap_err();
    assert!(matches!(refused, StoreError::NewerSchema { found: 99, .. }), "{refused:?}");
    assert!(Reader::open(dir.path()).is_err());
}

#[tokio::test]
async fn a_second_writer_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let (one, other) = (open(dir.path()), open(dir.path()));
    one.journal().commit(Bundle::record(refusal("one"))).await.unwrap();
    let alone = other.journal().commit(Bundle::record(refusal("two"))).await;
    assert_eq!(alone, Ok(()), "its first look at the head sees what is there");
    let noticed = one.journal().commit(Bundle::record(refusal("three"))).await;
    assert!(matches!(noticed, Err(JournalError::Unavailable(_))));
    assert_chain(&other.reader());
}
