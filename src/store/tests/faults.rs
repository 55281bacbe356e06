//! A writer that fails on command.

use super::fixtures::options;
use crate::{
    domain::{Bundle, GrowthLimit, PersonDigest, PersonId, Timestamp},
    store::{BundleWriter, ChainHead, ChainLink, Store, WriteError, sqlite::SqliteWriter},
};
use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

/// Where to fail, and how often; shared with the test.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// So many `apply` fail.
    pub(super) apply: AtomicU32,
    /// So many `commit` fail, and nothing is in.
    pub(super) commit: AtomicU32,
    /// So many `commit` say that they failed, and yet all is in.
    pub(crate) commit_unsure: AtomicU32,
    /// So many `reopen` fail.
    pub(super) reopen: AtomicU32,
    /// Whoever holds it keeps the writer waiting in `apply`.
    pub(super) gate: Mutex<()>,
    /// How often the database was reopened.
    pub(super) reopened: AtomicU32,
    /// How many transactions were committed.
    pub(super) commits: AtomicU32,
}

/// Many enough to last until a test takes the fault away.
pub(super) const FOR_NOW: u32 = u32::MAX / 2;

pub(crate) struct FaultyWriter {
    inner: SqliteWriter,
    faults: Arc<Faults>,
    /// After a failure, only reopening helps.
    is_dead: bool,
}

impl FaultyWriter {
    pub(super) fn open(dir: &Path) -> (Self, Arc<Faults>) {
        let (inner, faults) = (SqliteWriter::open(dir, 0).unwrap(), Arc::new(Faults::default()));
        (Self { inner, faults: Arc::clone(&faults), is_dead: false }, faults)
    }

    /// Opens a store that fails on command, and tries again soon.
    pub(crate) fn store(dir: &Path) -> (Store, Arc<Faults>) {
        let (writer, faults) = Self::open(dir);
        let store = Store::assemble(options(dir), Box::new(writer), Duration::from_millis(5));
        (store.unwrap(), faults)
    }

    fn meet(&mut self, fault: impl Fn(&Faults) -> &AtomicU32) -> Result<(), WriteError> {
        let take = |left: u32| left.checked_sub(1);
        let is_hit = fault(&self.faults).fetch_update(Ordering::SeqCst, Ordering::SeqCst, take);
        self.is_dead |= is_hit.is_ok();
        if self.is_dead { Err(WriteError::Failed("input/output error".into())) } else { Ok(()) }
    }
}

impl BundleWriter for FaultyWriter {
    fn begin(&mut self) -> Result<Option<ChainHead>, WriteError> {
        assert!(!self.is_dead, "a failed connection is never used again");
        self.inner.begin()
    }

    fn contains(&mut self, at: Timestamp, bytes: &[u8]) -> Result<bool, WriteError> {
        self.inner.contains(at, bytes)
    }

    fn person(&mut self, digest: &PersonDigest) -> Result<Option<PersonId>, WriteError> {
        self.inner.person(digest)
    }

    fn apply(
        &mut self,
        bundle: &Bundle,
        links: &[ChainLink],
        limit: GrowthLimit,
    ) -> Result<(), WriteError> {
        drop(self.faults.gate.lock().unwrap());
        self.meet(|faults| &faults.apply)?;
        self.inner.apply(bundle, links, limit)
    }

    fn commit(&mut self, head: ChainHead) -> Result<(), WriteError> {
        self.meet(|faults| &faults.commit)?;
        self.inner.commit(head)?;
        self.faults.commits.fetch_add(1, Ordering::SeqCst);
        self.meet(|faults| &faults.commit_unsure)
    }

    fn rollback(&mut self) {
        self.inner.rollback();
    }

    fn reopen(&mut self) -> Result<(), WriteError> {
        self.is_dead = false;
        self.meet(|faults| &faults.reopen)?;
        self.faults.reopened.fetch_add(1, Ordering::SeqCst);
        self.inner.reopen()
    }

    fn clear_log(&mut self) -> Result<bool, WriteError> {
        self.inner.clear_log()
    }

    fn close(&mut self) -> Result<(), WriteError> {
        self.inner.close()
    }
}
