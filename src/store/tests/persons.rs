//! End users: known by one id, found again, and gone when they are forgotten.

use super::{faults::FaultyWriter, fixtures::*};
use crate::{
    domain::{
        AssertedPerson, AuditRecord, Bundle, Effect, Outcome, PersonDigest, PersonId, Principal,
        SealedName,
    },
    store::{Journal, JournalError, Reader, RecordQuery, Store},
};
use rusqlite::Connection;
use std::{fs, path::Path, sync::atomic::Ordering};

/// Somebody whose digest and sealed name are like no other bytes.
fn person(number: u32) -> AssertedPerson {
    let mut digest = [0xA5; 32];
    digest[..4].copy_from_slice(&number.to_be_bytes());
    let mut sealed = vec![0x5A; 157];
    sealed[..4].copy_from_slice(&number.to_be_bytes());
    AssertedPerson {
        digest: PersonDigest::from_bytes(digest),
        sealed: SealedName::from_bytes(sealed),
    }
}

fn about(number: u32) -> Bundle {
    Bundle::record(refusal("no token")).about(Some(person(number)))
}

fn forgetting(id: &PersonId) -> Bundle {
    let who = Principal::Gateway;
    let none = serde_json::Value::Null;
    let record = AuditRecord::change(NOON, who, "person.forget", id.as_str(), none.clone(), none);
    Bundle::record(record).with(Effect::ForgetPerson(id.clone()))
}

fn id_of(reader: &Reader, number: u32) -> PersonId {
    reader.person_of(&person(number).digest).unwrap().expect("somebody is known")
}

/// The users that records name, in the chain's order.
fn users(reader: &Reader) -> Vec<Option<PersonId>> {
    let records = reader.records(&RecordQuery::default()).unwrap();
    records.iter().map(|sealed| sealed.record.body.person().cloned()).collect()
}

/// Says in which files of a folder any of `bytes` is.
fn files_with(dir: &Path, bytes: &[&[u8]]) -> Vec<String> {
    let files = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let holds = |path: &std::path::PathBuf| {
        let content = fs::read(path).unwrap();
        bytes.iter().any(|bytes| memchr::memmem::find(&content, bytes).is_some())
    };
    let name = |path: std::path::PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    files.filter(holds).map(name).collect()
}

async fn forget(journal: &Journal, id: &PersonId) {
    journal.commit(forgetting(id)).await.unwrap();
}

#[tokio::test]
async fn two_first_records_in_one_commit_are_about_one_person() {
    let dir = tempfile::tempdir().unwrap();
    let (store, faults) = FaultyWriter::store(dir.path());
    let (journal, reader) = (store.journal(), store.reader());
    let mut committed = journal.subscribe();
    let held = faults.gate.lock().unwrap();
    for number in [1, 1, 2, 1] {
        let record = refusal("no token");
        journal.append(record, Some(person(number))).unwrap();
    }
    drop(held);
    journal.flush().await.unwrap();
    let found = users(&reader);
    assert_eq!((&found[0], &found[0]), (&found[1], &found[3]));
    assert_ne!(found[0], found[2]);
    assert_eq!(found[0], Some(id_of(&reader, 1)));
    let told = committed.recv().await.unwrap();
    assert_eq!(told.record.body.person(), found[0].as_ref(), "whoever listens is told it too");
    let both = reader.persons(None, 10).unwrap();
    assert_eq!(both.len(), 2);
    assert_eq!(reader.persons(Some(&both[0].person.id), 10).unwrap().len(), 1, "page by page");
    assert_chain(&reader);
}

#[tokio::test]
async fn a_call_and_its_person_are_recorded_together_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let (journal, reader, call) = (store.journal(), store.reader(), call("prod"));
    let first = journal.commit_intent(intent(&call), call.clone(), None, Some(person(1))).await;
    drop(first.unwrap());
    let id = id_of(&reader, 1);
    assert_eq!(reader.open_calls().unwrap()[0].person, Some(id.clone()));
    assert_eq!(reader.calls_of(&id).unwrap(), 1);
    let twice = journal.commit_intent(intent(&call), call.clone(), None, Some(person(2))).await;
    assert!(matches!(twice, Err(JournalError::Rejected(_))));
    assert_eq!(reader.person_of(&person(2).digest).unwrap(), None, "nobody came of it");
    let contradicting = about(3).with(Effect::Delivered(crate::domain::CallId::random()));
    let sent = journal.commit_sent(contradicting).await;
    assert!(matches!(sent, Err(JournalError::Rejected(_))));
    let third = id_of(&reader, 3);
    assert_eq!(users(&reader).last().unwrap().as_ref(), Some(&third), "its record went in alone");
    let query = RecordQuery { person: Some(id), ..RecordQuery::default() };
    journal.commit_sent(outcome(&call, Outcome::Success)).await.unwrap();
    let kinds = |query: &RecordQuery| {
        let found = reader.records(query).unwrap();
        found.iter().map(|sealed| sealed.record.body.kind()).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&query), ["intent", "outcome"], "an outcome is found through its intent");
}

#[tokio::test]
async fn an_intent_in_doubt_is_recognized_with_its_person() {
    let dir = tempfile::tempdir().unwrap();
    let (store, faults) = FaultyWriter::store(dir.path());
    let (journal, reader, call) = (store.journal(), store.reader(), call("prod"));
    faults.commit_unsure.store(1, Ordering::SeqCst);
    let doubtful = journal.commit_intent(intent(&call), call.clone(), None, Some(person(1))).await;
    assert!(matches!(doubtful, Err(JournalError::Unavailable(_))));
    let mut health = journal.health();
    health.wait_for(|health| *health == crate::store::JournalHealth::Good).await.unwrap();
    assert!(reader.open_calls().unwrap().is_empty(), "it was found and closed as not sent");
    assert_eq!(assert_chain(&reader)[..2], ["intent", "outcome"]);
    assert_eq!(users(&reader)[0], Some(id_of(&reader, 1)));
    faults.commit.store(1, Ordering::SeqCst);
    journal.commit_sent(about(2)).await.unwrap();
    journal.health().wait_for(|health| *health == crate::store::JournalHealth::Good).await.unwrap();
    let named = users(&reader).into_iter().flatten().filter(|id| *id == id_of(&reader, 2)).count();
    assert_eq!(named, 1, "what was owed is in once, with its person");
}

#[tokio::test]
async fn what_waits_while_its_person_is_forgotten_is_about_somebody_new() {
    let dir = tempfile::tempdir().unwrap();
    let (store, faults) = FaultyWriter::store(dir.path());
    let (journal, reader) = (store.journal(), store.reader());
    journal.commit(about(1)).await.unwrap();
    let before = id_of(&reader, 1);
    let held = faults.gate.lock().unwrap();
    journal.note(vec![Effect::ForgetPerson(before.clone())]);
    journal.append(refusal("no token"), Some(person(1))).unwrap();
    drop(held);
    journal.flush().await.unwrap();
    let after = id_of(&reader, 1);
    assert_ne!(before, after, "nothing ties the two");
    assert_eq!(users(&reader).last().unwrap().as_ref(), Some(&after));
    assert_eq!(reader.stored_person(&before).unwrap(), None);
    let again = journal.commit(forgetting(&before)).await;
    assert!(matches!(again, Err(JournalError::Rejected(_))), "nobody is forgotten twice");
    assert_chain(&reader);
}

#[tokio::test]
async fn after_forgetting_the_row_is_in_no_byte_of_the_folder() {
    const OTHERS: u32 = 5000;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let (journal, reader) = (store.journal(), store.reader());
    for number in 0..OTHERS {
        // In no order of their digests, so that pages are split and filled again.
        let person = person(number.wrapping_mul(2_654_435_761));
        while journal.append(refusal("no token"), Some(person.clone())).is_err() {
            journal.flush().await.unwrap();
        }
    }
    journal.flush().await.unwrap();
    let all = reader.persons(None, OTHERS as usize).unwrap();
    let forgotten: Vec<_> = all.into_iter().step_by(37).map(|found| found.person).collect();
    assert!(forgotten.len() > 100);
    let bytes: Vec<&[u8]> = forgotten
        .iter()
        .flat_map(|one| [&one.person.digest.as_bytes()[..], one.person.sealed.as_bytes()])
        .collect();
    assert!(!files_with(dir.path(), &bytes[..1]).is_empty(), "the search finds things");
    for one in &forgotten {
        forget(&journal, &one.id).await;
    }
    assert!(journal.clear_log().await.unwrap());
    assert_eq!(files_with(dir.path(), &bytes), Vec::<String>::new());
    let left = reader.persons(None, OTHERS as usize).unwrap().len();
    assert_eq!(left, OTHERS as usize - forgotten.len());
}

#[tokio::test]
async fn a_reader_in_the_way_keeps_the_log_until_it_is_done() {
    let dir = tempfile::tempdir().unwrap();
    let store: Store = open(dir.path());
    let (journal, reader) = (store.journal(), store.reader());
    journal.commit(about(1)).await.unwrap();
    let id = id_of(&reader, 1);
    let outside = Connection::open(dir.path().join("ideogate.db")).unwrap();
    outside.execute_batch("BEGIN; SELECT count(*) FROM audit_records").unwrap();
    forget(&journal, &id).await;
    assert!(!journal.clear_log().await.unwrap(), "somebody reads");
    let person = person(1);
    assert_eq!(files_with(dir.path(), &[person.sealed.as_bytes()]), ["ideogate.db-wal"]);
    outside.execute_batch("COMMIT").unwrap();
    assert!(journal.clear_log().await.unwrap());
    assert_eq!(files_with(dir.path(), &[person.sealed.as_bytes()]), Vec::<String>::new());
    journal.commit(about(2)).await.unwrap();
}
