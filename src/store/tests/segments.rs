//! Records leave from the beginning only, and only those that a segment holds.

use super::fixtures::*;
use crate::{
    domain::{Action, Actor, AuditRecord, Bundle, Effect, StoredSegment},
    store::{ChainHasher, JournalError, Reader, Store},
};
use rusqlite::Connection;
use serde_json::Value;
use std::path::Path;

async fn filled(dir: &Path, records: usize) -> Store {
    let store = open(dir);
    for number in 0..records {
        let record = refusal(&format!("number {number} {}", "x".repeat(4_000)));
        store.journal().commit(Bundle::record(record)).await.unwrap();
    }
    store
}

fn hash_at(reader: &Reader, seq: u64) -> [u8; 32] {
    reader.hash_at(seq).unwrap().unwrap().try_into().unwrap()
}

fn segment(reader: &Reader, first: u64, last: u64) -> StoredSegment {
    let prev_hash = match first {
        1 => PlainSeal.genesis(),
        first => hash_at(reader, first - 1),
    };
    StoredSegment {
        first,
        last,
        prev_hash,
        hash: hash_at(reader, last),
        first_at: NOON,
        last_at: NOON,
        bytes: 1,
        sha256: [1; 32],
        note: "signed".into(),
        deleted_at: None,
    }
}

async fn apply(store: &Store, effect: Effect) -> Result<(), JournalError> {
    store.journal().commit(Bundle::default().with(effect)).await
}

async fn keep(store: &Store, segment: StoredSegment) -> Result<(), JournalError> {
    apply(store, Effect::KeepSegment(Box::new(segment), "folder".into())).await
}

#[tokio::test]
async fn rows_leave_only_from_the_beginning_and_only_under_a_segment() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path(), 10).await;
    let reader = store.reader();
    let out = async |up_to: u64| {
        let hash = hash_at(&store.reader(), up_to);
        apply(&store, Effect::MoveRecords(up_to, hash)).await
    };
    assert!(out(3).await.is_err(), "no segment holds them");
    keep(&store, segment(&reader, 1, 6)).await.unwrap();
    assert!(keep(&store, segment(&reader, 1, 6)).await.is_err(), "it is there");
    assert!(keep(&store, segment(&reader, 8, 9)).await.is_err(), "a record would be in none");
    let other = StoredSegment { prev_hash: [9; 32], ..segment(&reader, 7, 9) };
    assert!(keep(&store, other).await.is_err(), "it follows another record");
    assert!(out(7).await.is_err(), "no segment holds that one");
    let wrong = Effect::MoveRecords(4, [4; 32]);
    assert!(apply(&store, wrong).await.is_err(), "the segment has another record");
    assert_eq!(reader.base().unwrap().head.seq, 0);
    out(4).await.unwrap();
    assert!(out(4).await.is_err(), "they left already");
    let base = reader.base().unwrap();
    assert_eq!((base.head.seq, base.folder.as_deref()), (4, Some("folder")));
    let dropped = apply(&store, Effect::DropSegment(1, NOON)).await;
    assert!(dropped.is_err(), "records of it are still to leave");
    out(6).await.unwrap();
    apply(&store, Effect::DropSegment(1, NOON)).await.unwrap();
    assert!(apply(&store, Effect::DropSegment(1, NOON)).await.is_err(), "twice");
    let sizes = reader.sizes(0, 100).unwrap();
    assert_eq!(sizes.first().map(|first| first.seq), Some(7));
    assert_eq!(
        hash_at(&reader, 6),
        reader.base().unwrap().head.hash,
        "the last that left is known"
    );
    assert_eq!(reader.hash_at(5).unwrap(), None);
}

#[tokio::test]
async fn the_head_stays_when_all_records_left_and_the_next_one_follows_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path(), 3).await;
    let change = AuditRecord::change(
        NOON,
        Actor::GATEWAY,
        Action::KeyRetired,
        "ideogram",
        Value::Null,
        Value::Null,
    );
    store.journal().commit(Bundle::record(change)).await.unwrap();
    let reader = store.reader();
    let (head, kept) = (reader.head().unwrap(), reader.changes(Action::KeyRetired).unwrap());
    keep(&store, segment(&reader, 1, 4)).await.unwrap();
    apply(&store, Effect::MoveRecords(4, head.hash)).await.unwrap();
    assert_eq!(reader.head().unwrap(), head);
    assert_eq!(reader.newest_at().unwrap(), Some(NOON), "of the segment");
    assert_eq!(reader.changes(Action::KeyRetired).unwrap(), kept);
    store.close().await;
    let store = open(dir.path());
    store.journal().commit(Bundle::record(refusal("next"))).await.unwrap();
    let next = store.reader().records(&crate::store::RecordQuery::default()).unwrap().remove(0);
    assert_eq!((next.seq, next.prev_hash), (5, head.hash));
}

#[tokio::test]
async fn what_is_free_is_given_back_as_far_as_it_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path(), 300).await;
    let reader = store.reader();
    assert!(reader.can_shrink().unwrap());
    keep(&store, segment(&reader, 1, 290)).await.unwrap();
    let hash = hash_at(&reader, 290);
    apply(&store, Effect::MoveRecords(290, hash)).await.unwrap();
    let (free, size) = (reader.free_pages().unwrap(), reader.file_size().unwrap());
    assert!(free > 200, "{free}");
    apply(&store, Effect::Shrink(50)).await.unwrap();
    assert_eq!(reader.free_pages().unwrap(), free - 50);
    assert_eq!(reader.file_size().unwrap(), size - 50 * 4096);
    apply(&store, Effect::Shrink(u32::MAX)).await.unwrap();
    assert_eq!(reader.free_pages().unwrap(), 0);
    store.close().await;
    let file = std::fs::metadata(dir.path().join("ideogate.db")).unwrap().len();
    assert!(file <= size - u64::from(free) * 4096, "the file itself: {file}");
}

#[tokio::test]
async fn a_database_of_an_older_version_is_rewritten_once_and_gets_smaller() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 20).await.close().await;
    let old = Connection::open(dir.path().join("ideogate.db")).unwrap();
    old.execute_batch("PRAGMA journal_mode=delete; PRAGMA auto_vacuum=0; VACUUM").unwrap();
    let kind =
        |of: &Connection| of.pragma_query_value(None, "auto_vacuum", |row| row.get::<_, i64>(0));
    assert_eq!(kind(&old).unwrap(), 0, "as older versions made it");
    drop(old);
    assert!(!Reader::open(dir.path()).unwrap().can_shrink().unwrap());
    let store = open(dir.path());
    assert!(store.reader().can_shrink().unwrap());
    assert_eq!(assert_chain(&store.reader()).len(), 20, "all of it is there");
    store.journal().commit(Bundle::record(refusal("and on"))).await.unwrap();
}
