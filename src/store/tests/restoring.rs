//! A database that comes from a backup takes records as they are, and what they tell of with them.

use super::fixtures::*;
use crate::{
    domain::{Action, AuditRecord, Bundle, Effect, Outcome, Principal},
    store::{RecordQuery, RestoringError, RestoringWriter, SealedRecord, Store},
};
use rusqlite::Connection;
use serde_json::Value;
use std::{fs, path::Path, sync::Arc};
use tempfile::TempDir;

/// A gateway's record of four, and a copy from after the first two.
async fn two_of_four() -> (TempDir, Vec<SealedRecord>) {
    let (live, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = open(live.path());
    let call = call("prod");
    store.journal().commit(Bundle::record(refusal("first"))).await.unwrap();
    let opened = Effect::OpenCall(Box::new(call.clone()));
    store.journal().commit(Bundle::record(intent(&call)).with(opened)).await.unwrap();
    store.close().await;
    fs::copy(live.path().join("ideogate.db"), copy.path().join("ideogate.db")).unwrap();
    let store = open(live.path());
    store.journal().commit(outcome(&call, Outcome::Success)).await.unwrap();
    store.journal().commit(Bundle::record(refusal("fourth"))).await.unwrap();
    (copy, records(&store))
}

fn records(store: &Store) -> Vec<SealedRecord> {
    let query = RecordQuery::default();
    store.reader().records(&query).unwrap()
}

fn restoring(dir: &Path) -> RestoringWriter {
    RestoringWriter::open(dir, Arc::new(PlainSeal)).unwrap()
}

fn closed(record: &SealedRecord) -> Vec<Effect> {
    let call = record.record.call.clone().unwrap();
    vec![Effect::ReleasePlaces(call)]
}

#[tokio::test]
async fn records_go_on_with_the_same_numbers_hashes_and_bytes() {
    let (copy, records) = two_of_four().await;
    let mut writer = restoring(copy.path());
    assert_eq!(writer.head().seq, 2);
    assert_eq!(writer.append(&records[2], closed(&records[2])).unwrap(), None);
    assert_eq!(writer.append(&records[3], Vec::new()).unwrap(), None);
    let head = writer.finish().unwrap();
    assert_eq!((head.seq, head.hash), (4, records[3].hash));
    let store = open(copy.path());
    assert_eq!(self::records(&store), records);
    assert_eq!(assert_chain(&store.reader()).len(), 4);
    store.journal().commit(Bundle::record(refusal("fifth"))).await.unwrap();
    assert_eq!(assert_chain(&store.reader()).len(), 5);
}

#[tokio::test]
async fn a_record_that_does_not_follow_or_was_changed_is_refused() {
    let (copy, records) = two_of_four().await;
    let mut writer = restoring(copy.path());
    let skipped = writer.append(&records[3], Vec::new());
    assert!(matches!(skipped, Err(RestoringError::Unlinked(4))), "{skipped:?}");
    let twice = writer.append(&records[1], Vec::new());
    assert!(matches!(twice, Err(RestoringError::Unlinked(2))), "{twice:?}");
    let other = SealedRecord { prev_hash: [1; 32], ..records[2].clone() };
    let other = writer.append(&other, Vec::new());
    assert!(matches!(other, Err(RestoringError::Unlinked(3))), "{other:?}");
    let changed = SealedRecord { bytes: records[0].bytes.clone(), ..records[2].clone() };
    let changed = writer.append(&changed, Vec::new());
    assert!(matches!(changed, Err(RestoringError::Changed(3))), "{changed:?}");
    writer.finish().unwrap();
    assert_eq!(open(copy.path()).reader().head().unwrap().seq, 2);
}

#[tokio::test]
async fn a_change_that_contradicts_is_left_out_and_its_record_is_not() {
    let (copy, records) = two_of_four().await;
    let mut writer = restoring(copy.path());
    let nobody = vec![Effect::ForgetPerson(crate::domain::PersonId::from_stored("usr_nobody"))];
    let why = writer.append(&records[2], nobody.clone()).unwrap();
    assert!(why.unwrap().contains("nobody"));
    assert_eq!(writer.head().seq, 3);
    assert!(writer.apply(nobody.clone()).unwrap().is_some(), "and so it is without a record");
    let seam = AuditRecord::change(
        NOON,
        Principal::LocalUser(7),
        Action::AuditRestore,
        "audit",
        Value::Null,
        Value::Null,
    );
    let bundle = Bundle { records: vec![seam.clone()], effects: nobody, person: None };
    let refused = writer.add(&bundle);
    assert!(matches!(refused, Err(RestoringError::Contradicts(_))), "a new one goes in whole");
    assert_eq!(writer.head().seq, 3);
    writer.add(&Bundle::record(seam).with(token("tok_prod"))).unwrap();
    assert_eq!(writer.finish().unwrap().seq, 4);
    let store = open(copy.path());
    assert_eq!(assert_chain(&store.reader()), ["refusal", "intent", "outcome", "admin"]);
    assert_eq!(store.reader().tokens().unwrap().len(), 1);
}

#[tokio::test]
async fn what_was_removed_is_in_no_page_of_the_finished_file() {
    let (copy, _) = two_of_four().await;
    {
        let connection = Connection::open(copy.path().join("ideogate.db")).unwrap();
        let fill = "CREATE TABLE filler (text TEXT);
            WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 1000)
            INSERT INTO filler SELECT 'the secret ' || printf('%0200d', value) FROM n;
            DROP TABLE filler;";
        connection.execute_batch(fill).unwrap();
    }
    let holds = || {
        let bytes = fs::read(copy.path().join("ideogate.db")).unwrap();
        bytes.windows(10).any(|part| part == b"the secret")
    };
    assert!(holds(), "it is there before");
    restoring(copy.path()).finish().unwrap();
    assert!(!holds());
    let store = open(copy.path());
    assert!(store.reader().can_shrink().unwrap());
    assert_eq!(store.reader().free_pages().unwrap(), 0);
}
