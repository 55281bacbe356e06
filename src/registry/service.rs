//! The snapshot in memory, and the turn in which it is replaced.

use super::{registered::Registered, snapshot::RegistrySnapshot};
use crate::{
    domain::{Bundle, Clock, Timestamp},
    store::{Journal, JournalError, JournalHealth, Reader, StoreError},
    tasks::Tasks,
};
use arc_swap::{ArcSwap, Guard};
use std::{ops::Deref, sync::Arc};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinError,
};

/// All holders of one kind; clones share them. Lookups read a snapshot in memory and never wait.
#[derive(Debug, Clone)]
pub struct Registry<R: Registered>(Arc<RegistryInner<R>>);

#[derive(Debug)]
struct RegistryInner<R: Registered> {
    snapshot: ArcSwap<RegistrySnapshot<R>>,
    version: watch::Sender<u64>,
    /// One change at a time, so that changes are swapped in in the order of the record, and nothing
    /// that was decided on what the snapshot said is overtaken.
    writer: Arc<Semaphore>,
    journal: Journal,
    reader: Reader,
    clock: Arc<dyn Clock>,
    tasks: Tasks,
}

impl<R: Registered> Registry<R> {
    /// Loads all from the store; reads a file, so it is called before the gateway serves.
    pub fn load(
        journal: Journal,
        reader: Reader,
        clock: Arc<dyn Clock>,
        tasks: Tasks,
    ) -> Result<Self, StoreError> {
        Ok(Self(Arc::new(RegistryInner {
            snapshot: ArcSwap::from_pointee(RegistrySnapshot::read(&reader)?),
            version: watch::Sender::new(0),
            writer: Arc::new(Semaphore::new(1)),
            journal,
            reader,
            clock,
            tasks,
        })))
    }

    /// Returns what there is now.
    pub fn snapshot(&self) -> Guard<Arc<RegistrySnapshot<R>>> {
        self.0.snapshot.load()
    }

    /// Returns the one of that id.
    pub fn find(&self, id: &R::Id) -> Option<Arc<R>> {
        self.snapshot().by_id(id).cloned()
    }

    /// Returns the time.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Returns a counter that goes up after each change, so that those who wait can look again.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.version.subscribe()
    }

    /// Commits what changes nothing that is kept in memory; takes no turn.
    pub async fn note(&self, bundle: Bundle) -> Result<(), JournalError> {
        self.0.journal.commit(bundle).await
    }

    /// Runs a change when its turn has come, as work of its own: whoever hangs up between the commit
    /// and the swap must not leave somebody revoked on record and alive in memory.
    pub async fn change<T, W>(
        &self,
        name: &'static str,
        work: impl FnOnce(RegistryWriter<R>) -> W + Send + 'static,
    ) -> Result<T, JoinError>
    where
        T: Send + 'static,
        W: Future<Output = T> + Send + 'static,
    {
        let registry = self.clone();
        let change = async move { work(RegistryWriter::wait(registry).await).await };
        self.0.tasks.spawn_tracked(name, change).await
    }

    /// Loads all again once the journal works again: a commit that failed in the very act may be in all
    /// the same, and who is revoked on record must not live in memory.
    fn reload_when_good(&self) {
        let registry = self.clone();
        self.0.tasks.spawn_background(R::RELOAD_TASK, async move {
            // The turn comes behind it: held through an outage, it would have every change wait
            // instead of being refused.
            let mut health = registry.0.journal.health();
            if health.wait_for(JournalHealth::takes_changes).await.is_err() {
                return;
            }
            // Over the read and the swap, or a change that was committed in between would be lost
            // from memory.
            let _turn = RegistryWriter::wait(registry.clone()).await;
            let reader = registry.0.reader.clone();
            let read = move || RegistrySnapshot::<R>::read(&reader);
            match registry.0.tasks.run_blocking(read).await {
                Ok(Ok(read)) => registry.0.swap(read.resumed(&registry.snapshot())),
                Ok(Err(error)) => {
                    tracing::error!(%error, "the {} could not be read again", R::PLURAL);
                }
                Err(_stopping) => {}
            }
        });
    }
}

impl<R: Registered> RegistryInner<R> {
    /// Swaps in, then tells those who wait.
    fn swap(&self, snapshot: RegistrySnapshot<R>) {
        self.snapshot.store(Arc::new(snapshot));
        self.version.send_modify(|version| *version += 1);
    }
}

/// The turn to change a registry once. While it lasts nobody else changes anything, so what is looked up
/// through it stays true until it is consumed.
#[derive(Debug)]
#[must_use = "the next turn begins when this one is dropped"]
pub struct RegistryWriter<R: Registered> {
    registry: Registry<R>,
    /// Never absent, for nobody closes the semaphore.
    _permit: Option<OwnedSemaphorePermit>,
}

impl<R: Registered> RegistryWriter<R> {
    /// Waits for the turn, in the order of asking.
    async fn wait(registry: Registry<R>) -> Self {
        let permit = Arc::clone(&registry.0.writer).acquire_owned().await;
        Self { registry, _permit: permit.ok() }
    }

    /// Commits, then swaps in, then tells those who wait. What could not be committed is not in memory
    /// either, and is looked up again when the journal works again.
    pub async fn commit(
        self,
        bundle: Bundle,
        changed: impl IntoIterator<Item = R>,
    ) -> Result<(), JournalError> {
        self.record(bundle).await?;
        // Read, changed and stored without `rcu`: while this turn lasts nobody else swaps.
        let inner = &self.registry.0;
        inner.swap(inner.snapshot.load().with(changed));
        Ok(())
    }

    /// Commits, and forgets some in memory as well.
    pub async fn commit_without(self, bundle: Bundle, gone: &[R::Id]) -> Result<(), JournalError> {
        self.record(bundle).await?;
        let inner = &self.registry.0;
        inner.swap(inner.snapshot.load().without(gone));
        Ok(())
    }

    async fn record(&self, bundle: Bundle) -> Result<(), JournalError> {
        let recorded = self.registry.0.journal.commit(bundle).await;
        recorded.inspect_err(|error| {
            // What found no room is not in.
            if !matches!(error, JournalError::Full(_)) {
                self.registry.reload_when_good();
            }
        })
    }
}

impl<R: Registered> Deref for RegistryWriter<R> {
    type Target = Registry<R>;

    fn deref(&self) -> &Registry<R> {
        &self.registry
    }
}
