//! What a registry promises its callers, whoever is kept in it.

use super::*;
use crate::{
    domain::{
        Bundle, Clock, Effect, Operator, OperatorId, Role, SteeredClock, StoredOperator, Timestamp,
        TokenDigest, TokenState,
    },
    store::{
        Reader, Store, StoreError,
        tests::faults::{Faults, FaultyWriter},
    },
    tasks::Tasks,
};
use futures_util::FutureExt;
use std::{
    iter,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};
use tokio::sync::oneshot;

const START: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

/// The least that can be kept: somebody, their secret, and a number that memory alone knows.
#[derive(Debug, Clone)]
struct Somebody {
    operator: Operator,
    digest: TokenDigest,
    seen: Arc<AtomicU32>,
}

impl Registered for Somebody {
    type Id = OperatorId;
    const PLURAL: &'static str = "people";
    const RELOAD_TASK: &'static str = "people.reload";

    fn read_all(reader: &Reader) -> Result<Vec<Self>, StoreError> {
        let seen = |(operator, digest)| Self { operator, digest, seen: Arc::default() };
        Ok(reader.operators()?.into_iter().map(seen).collect())
    }

    fn id(&self) -> &OperatorId {
        &self.operator.id
    }

    fn digests(&self) -> impl Iterator<Item = TokenDigest> {
        iter::once(self.digest)
    }

    fn resume(&self, before: &Self) {
        self.seen.store(before.seen.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

impl Somebody {
    fn new(name: &str, secret: u8) -> Self {
        let operator = Operator {
            id: OperatorId::random(),
            name: name.parse().unwrap(),
            role: Role::Viewer,
            state: TokenState::Enabled,
            created_at: START,
            secret_made_at: START,
            expires_at: START,
        };
        Self { operator, digest: digest(secret), seen: Arc::default() }
    }

    fn saved(&self) -> Bundle {
        let stored = StoredOperator { operator: self.operator.clone(), digest: Some(self.digest) };
        Bundle::default().with(Effect::SaveOperator(Box::new(stored)))
    }
}

struct People {
    registry: Registry<Somebody>,
    faults: Arc<Faults>,
    _store: Store,
    _dir: tempfile::TempDir,
}

fn people() -> People {
    let dir = tempfile::tempdir().unwrap();
    let (store, faults) = FaultyWriter::store(dir.path());
    let clock: Arc<dyn Clock> = Arc::new(SteeredClock::at(START));
    let registry = Registry::load(store.journal(), store.reader(), clock, Tasks::default());
    People { registry: registry.unwrap(), faults, _store: store, _dir: dir }
}

fn digest(secret: u8) -> TokenDigest {
    TokenDigest::from_bytes([secret; 32])
}

impl People {
    async fn save(&self, one: &Somebody) -> bool {
        let one = one.clone();
        let change =
            |writer: RegistryWriter<_>| async move { writer.commit(one.saved(), [one]).await };
        self.registry.change("people.change", change).await.unwrap().is_ok()
    }

    fn found(&self, secret: u8) -> Option<OperatorId> {
        let snapshot = self.registry.snapshot();
        snapshot.by_digest(&digest(secret)).map(|one| one.operator.id.clone())
    }
}

#[tokio::test]
async fn a_new_secret_finds_its_holder_and_the_old_one_finds_nobody() {
    let people = people();
    let (anna, ben) = (Somebody::new("anna", 1), Somebody::new("ben", 2));
    assert!(people.save(&anna).await && people.save(&ben).await);
    assert!(people.save(&Somebody { digest: digest(3), ..anna.clone() }).await);
    let found = [1, 2, 3].map(|secret| people.found(secret));
    assert_eq!(found, [None, Some(ben.operator.id), Some(anna.operator.id)]);
    assert_eq!(people.registry.snapshot().all().count(), 2);
}

#[tokio::test]
async fn a_commit_that_failed_and_yet_is_in_is_in_memory_once_the_database_works() {
    let people = people();
    let (anna, ben) = (Somebody::new("anna", 1), Somebody::new("ben", 2));
    assert!(people.save(&anna).await);
    people.registry.find(&anna.operator.id).unwrap().seen.store(7, Ordering::Relaxed);
    let mut changes = people.registry.changes();
    people.faults.commit_unsure.store(1, Ordering::SeqCst);
    assert!(!people.save(&ben).await, "nobody is told that it is in");
    changes.changed().await.unwrap();
    assert_eq!(people.found(2), Some(ben.operator.id));
    let anna = people.registry.find(&anna.operator.id).unwrap();
    assert_eq!(anna.seen.load(Ordering::Relaxed), 7, "what memory alone knows outlives a reload");
}

/// Nobody waits for the change any more when its commit fails.
#[tokio::test]
async fn it_is_in_memory_then_even_if_whoever_asked_for_it_hung_up() {
    let people = people();
    let anna = Somebody::new("anna", 1);
    let mut changes = people.registry.changes();
    people.faults.commit_unsure.store(1, Ordering::SeqCst);
    let mut asking = Box::pin(people.save(&anna));
    assert!(asking.as_mut().now_or_never().is_none());
    drop(asking);
    changes.changed().await.unwrap();
    assert_eq!(people.found(1), Some(anna.operator.id));
}

#[tokio::test]
async fn the_next_change_waits_until_the_one_before_it_is_made_or_given_up() {
    let people = people();
    let (go_on, gone_on) = oneshot::channel::<()>();
    let first = people.registry.change("people.change", |writer| async move {
        gone_on.await.unwrap();
        drop(writer);
    });
    let mut first = Box::pin(first);
    assert!(first.as_mut().now_or_never().is_none());
    tokio::task::yield_now().await;
    let anna = Somebody::new("anna", 1);
    let mut second = Box::pin(people.save(&anna));
    assert!(second.as_mut().now_or_never().is_none());
    tokio::task::yield_now().await;
    assert_eq!(people.found(1), None);
    go_on.send(()).unwrap();
    first.await.unwrap();
    assert!(second.await);
    assert_eq!(people.found(1), Some(anna.operator.id));
}
