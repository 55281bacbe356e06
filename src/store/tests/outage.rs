//! What is promised while the database fails, and after.

use super::{
    faults::{FOR_NOW, FaultyWriter},
    fixtures::*,
};
use crate::{
    domain::{Bundle, Outcome},
    store::{Durability, Journal, JournalError, JournalHealth, Store, journal::MOST_APPENDED},
};
use futures_util::future::join_all;
use std::{
    pin::pin,
    sync::atomic::Ordering,
    task::{Context, Waker},
};

async fn becomes_good(journal: &Journal) {
    let mut health = journal.health();
    health.wait_for(|health| *health == JournalHealth::Good).await.unwrap();
}

fn kinds(store: &Store) -> Vec<String> {
    assert_chain(&store.reader())
}

#[tokio::test]
async fn an_intent_that_cannot_be_written_gives_no_warrant() {
    let dir = tempfile::tempdir().unwrap();
    let (store, faults) = FaultyWriter::store(dir.path());
    let (journal, call) = (store.journal(), call("prod"));
    faults.reopen.store(FOR_NOW, Ordering::SeqCst);
    faults.commit.store(1, Ordering::SeqCst);
    let declined = journal.commit_intent(intent(&call), call.clone(), None, None).await;
    assert!(matches!(declined, Err(JournalError::Unavailable(_))));
    assert!(matches!(&*journal.health().borrow(), JournalHealth::Failed(_)));
    let at_once = journal.commit(Bundle::record(refusal("later"))).await;
    assert!(matches!(at_once, Err(JournalError::Unavailable(_))));
    assert!(matches!(journal.flush().await, Err(JournalError::Unavailable(_))));

    faults.reopen.store(0, Ordering::SeqCst);
    becomes_good(&journal).await;
    assert!(store.reader().open_calls().unwrap().is_empty(), "nothing half-written");
    assert_eq!(kinds(&store), ["admin"], "only the outage itself is told");
    drop(journal.commit_intent(intent(&call), call.clone(), None, None).await.unwrap());
    assert_eq!(kinds(&store), ["admin", "intent"]);
}

#[tokio::test]
async fn an_outcome_that_cannot_be_written_is_spilled_and_goes_in_later() {
    let dir = tempfile::tempdir().unwrap();
    let (store, faults) = FaultyWriter::store(dir.path());
    let (journal, call) = (store.journal(), call("prod"));
    drop(journal.commit_intent(intent(&call), call.clone(), None, None).await.unwrap());
    faults.apply.store(FOR_NOW, Ordering::SeqCst);
    let first = journal.commit_sent(outcome(&call, Outcome::Unknown)).await;
    let second = journal.commit_sent(outcome(&call, Outcome::Success)).await;
    assert_eq!((first, second), (Ok(Durability::Spilled), Ok(Durability::Spilled)));
    let spill = std::fs::read(dir.path().join("spill.jsonl")).unwrap();
    assert_eq!(String::from_utf8(spill).unwrap().lines().count(), 2 + 1, "two, and zeros");
    assert_eq!(store.reader().open_calls().unwrap().len(), 1);

    faults.apply.store(0, Ordering::SeqCst);
    becomes_good(&journal).await;
    assert!(store.reader().open_calls().unwrap().is_empty());
    assert_eq!(kinds(&store), ["intent", "outcome", "outcome", "admin"], "in order, each once");
    let spill = std::fs::read(dir.path().join("spill.jsonl")).unwrap();
    assert!(spill.iter().all(|byte| *byte == 0), "and the spill file is free again");
    assert!(faults.reopened.load(Ordering::SeqCst) > 0);
}

#[tokio::test]
async fn a_commit_that_failed_and_yet_is_in_is_not_applied_twice() {
    let dir = tempfile::tempdir().unwrap();
    let (store, faults) = FaultyWriter::store(dir.path());
    let (journal, call) = (store.journal(), call("prod"));
    drop(journal.commit_intent(intent(&call), call.clone(), None, None).await.unwrap());
    faults.commit_unsure.store(1, Ordering::SeqCst);
    let spilled = journal.commit_sent(outcome(&call, Outcome::Success)).await;
    assert_eq!(spilled, Ok(Durability::Spilled));
    becomes_good(&journal).await;
    assert_eq!(kinds(&store), ["intent", "outcome", "admin"]);
}

#[tokio::test]
async fn an_intent_that_went_in_although_it_was_declined_is_closed_as_not_sent() {
    let dir = tempfile::tempdir().unwrap();
    let (store, faults) = FaultyWriter::store(dir.path());
    let (journal, call) = (store.journal(), call("prod"));
    faults.commit_unsure.store(1, Ordering::SeqCst);
    let declined = journal.commit_intent(intent(&call), call.clone(), None, None).await;
    assert!(matches!(declined, Err(JournalError::Unavailable(_))));
    becomes_good(&journal).await;
    assert!(store.reader().open_calls().unwrap().is_empty());
    assert_eq!(kinds(&store), ["intent", "outcome", "admin"]);
}

#[tokio::test]
async fn refusals_are_kept_in_memory_up_to_a_bound_and_then_handed_back() {
    let dir = tempfile::tempdir().unwrap();
    let (store, faults) = FaultyWriter::store(dir.path());
    let journal = store.journal();
    faults.apply.store(FOR_NOW, Ordering::SeqCst);
    let taken = (0..MOST_APPENDED + 7).filter(|_| journal.append(refusal("flood"), None).is_ok());
    assert_eq!(taken.count(), MOST_APPENDED);
    let back = journal.append(refusal("mine"), None).unwrap_err();
    assert_eq!(*back.0, refusal("mine"), "whoever appended it can count it");

    assert!(journal.flush().await.is_err());
    faults.apply.store(0, Ordering::SeqCst);
    becomes_good(&journal).await;
    let found = kinds(&store);
    assert!(found.iter().any(|kind| kind == "refusal"));
    journal.append(refusal("there is room again"), None).unwrap();
    journal.flush().await.unwrap();
}

#[tokio::test]
async fn everything_that_waits_is_committed_with_one_sync() {
    let dir = tempfile::tempdir().unwrap();
    let (store, faults) = FaultyWriter::store(dir.path());
    let journal = store.journal();
    let refusals = (0..200).map(|number| Bundle::record(refusal(&number.to_string())));
    let mut waiting = pin!(join_all(refusals.map(|bundle| journal.commit(bundle))));
    let gate = faults.gate.lock().unwrap();
    let polled = waiting.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending(), "all are handed over, none is durable");
    drop(gate);
    assert!(waiting.await.iter().all(Result::is_ok));
    assert_eq!(kinds(&store).len(), 200);
    let commits = faults.commits.load(Ordering::SeqCst);
    assert!(commits <= 2, "one that was under way, and one for all that waited: {commits}");
}
