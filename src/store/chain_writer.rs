//! Appends bundles to the chain, a transaction at a time.
//!
//! A transaction begins with the head that the database holds, never with one remembered here, so
//! that nothing is chained to a record that is not in. It is committed whole or rolled back whole;
//! only a bundle that contradicts what is stored is left out alone.

use super::{
    BundleWriter, ChainHasher, ChainHead, ChainLink, WriteError,
    error::StoreCause,
    job::{Job, OnFailure},
    resolved::{records_alone, resolve, resolve_known},
};
use crate::domain::{AuditRecord, Bundle, GrowthLimit};
use std::{borrow::Cow, sync::Arc};

/// What became of one bundle of a transaction that was committed.
#[derive(Debug)]
pub(super) enum BundleResult {
    /// It is in.
    In(ChainedRecords),
    /// It was in before. Neither its records nor its effects were applied again.
    WasIn,
    /// It contradicts what is there; it alone was left out. If it tells of what has happened, its
    /// records are in all the same.
    Rejected(Box<str>, ChainedRecords),
    /// There was no room for it; it alone was left out.
    NoRoom,
}

/// What went into the chain of a bundle.
#[derive(Debug, Default)]
pub(super) struct ChainedRecords {
    /// The places of its records.
    pub(super) links: Vec<ChainLink>,
    /// The records, where they name an end user and are not those that were given.
    pub(super) records: Option<Vec<AuditRecord>>,
}

/// Gives records their place in the chain and writes them. It has one user, the journal's thread,
/// and keeps nothing between two transactions.
pub(super) struct ChainWriter {
    writer: Box<dyn BundleWriter>,
    seal: Arc<dyn ChainHasher>,
}

impl ChainWriter {
    pub(super) fn new(writer: Box<dyn BundleWriter>, seal: Arc<dyn ChainHasher>) -> Self {
        Self { writer, seal }
    }

    /// Commits the bundles of `jobs` in one transaction, and returns what became of each. The
    /// results are in the order of the jobs. On an error none of them is in, unless the commit
    /// itself failed: then all of them may be.
    pub(super) fn write(&mut self, jobs: &[Job]) -> Result<Vec<BundleResult>, StoreCause> {
        self.transaction(|chain, head| {
            let write = |job: &Job| match job.duty {
                OnFailure::Spill => chain.write_surely(&job.bundle, head),
                OnFailure::Reject | OnFailure::Buffer => {
                    chain.write_one(&job.bundle, head, job.bundle.growth_limit())
                }
            };
            // Stops at a failure of the database and at nothing else: a bundle that is rejected is
            // a verdict, and those behind it are still written.
            jobs.iter().map(write).map(|verdict| verdict.map_err(cause)).collect()
        })
    }

    /// Commits bundles that may have been committed before, each at most once. All of them go into
    /// one transaction, with records even where an effect contradicts what is stored.
    pub(super) fn write_again<'a>(
        &mut self,
        bundles: impl Iterator<Item = &'a Bundle>,
    ) -> Result<Vec<BundleResult>, StoreCause> {
        self.transaction(|chain, head| {
            let write = |bundle| {
                // A commit that failed may be in all the same, and a line of the spill file may
                // have outlived its commit: without this look both would be on record twice.
                let was_in = chain.is_in(bundle)?;
                if was_in { Ok(BundleResult::WasIn) } else { chain.write_surely(bundle, head) }
            };
            bundles.map(write).map(|verdict| verdict.map_err(cause)).collect()
        })
    }

    /// Returns those of `bundles` whose first record is in the chain. Bundles without records are
    /// never found.
    pub(super) fn already_in<'a>(
        &mut self,
        bundles: impl Iterator<Item = &'a Bundle>,
    ) -> Result<Vec<&'a Bundle>, StoreCause> {
        // A transaction although it only reads: its beginning tells whether the commit that failed
        // is in, and whether somebody else has written since.
        self.transaction(|chain, _| {
            let mut found = Vec::new();
            for bundle in bundles {
                if chain.is_in(bundle).map_err(cause)? {
                    found.push(bundle);
                }
            }
            Ok(found)
        })
    }

    /// Trusts nothing of the old connection any more. After an error it can be called again.
    pub(super) fn reopen(&mut self) -> Result<(), StoreCause> {
        self.writer.reopen().map_err(cause)
    }

    /// Keeps small what grows beside the database, and returns its size. The size is in bytes. An
    /// error takes nothing away from what is committed.
    pub(super) fn tidy(&mut self) -> Result<u64, StoreCause> {
        self.writer.tidy().map_err(cause)
    }

    /// Moves all that lies beside the database into it, and says whether it could.
    pub(super) fn clear_log(&mut self) -> Result<bool, StoreCause> {
        self.writer.clear_log().map_err(cause)
    }

    /// Returns how many bytes calls may still add; `None` where nothing bounds them.
    pub(super) fn room_for_calls(&mut self) -> Result<Option<u64>, StoreCause> {
        self.writer.room_for_calls().map_err(cause)
    }

    /// Closes the database; durability does not depend on it.
    pub(super) fn close(&mut self) -> Result<(), StoreCause> {
        self.writer.close().map_err(cause)
    }

    fn transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Self, &mut ChainHead) -> Result<T, StoreCause>,
    ) -> Result<T, StoreCause> {
        let done = self.try_transaction(work);
        if done.is_err() {
            // Also after a commit that failed: its transaction may still be open, and would hold
            // the lock until the connection is replaced.
            self.writer.rollback();
        }
        done
    }

    fn try_transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Self, &mut ChainHead) -> Result<T, StoreCause>,
    ) -> Result<T, StoreCause> {
        let head = self.writer.begin().map_err(cause)?;
        // Not the zeros that the database holds for an empty chain: what comes before the first
        // record is for the hash to say.
        let mut head = head.unwrap_or_else(|| ChainHead { seq: 0, hash: self.seal.genesis() });
        let done = work(self, &mut head)?;
        self.writer.commit(head).map_err(cause)?;
        Ok(done)
    }

    /// Writes a bundle, or leaves it out whole.
    fn write_one(
        &mut self,
        bundle: &Bundle,
        head: &mut ChainHead,
        limit: GrowthLimit,
    ) -> Result<BundleResult, WriteError> {
        let resolved = resolve(&mut *self.writer, bundle)?;
        self.write_resolved(&resolved, head, limit).map(|verdict| verdict.of(resolved))
    }

    /// The head moves on only if the bundle was applied, so that a rejected one leaves no gap in
    /// the numbers.
    fn write_resolved(
        &mut self,
        bundle: &Bundle,
        head: &mut ChainHead,
        limit: GrowthLimit,
    ) -> Result<BundleResult, WriteError> {
        let mut tip = *head;
        let mut links = Vec::with_capacity(bundle.records.len());
        for record in &bundle.records {
            let link = ChainLink::after(tip, canonical(record)?, &*self.seal);
            tip = link.head();
            links.push(link);
        }
        match self.writer.apply(bundle, &links, limit) {
            Ok(()) => *head = tip,
            Err(WriteError::Rejected(reason)) => {
                return Ok(BundleResult::Rejected(reason, ChainedRecords::default()));
            }
            Err(WriteError::NoRoom) => return Ok(BundleResult::NoRoom),
            Err(failed) => return Err(failed),
        }
        Ok(BundleResult::In(ChainedRecords { links, records: None }))
    }

    /// Writes a bundle that tells of what has happened: its records go in even if its effects cannot, and
    /// however full the database is.
    fn write_surely(
        &mut self,
        bundle: &Bundle,
        head: &mut ChainHead,
    ) -> Result<BundleResult, WriteError> {
        let resolved = resolve(&mut *self.writer, bundle)?;
        let verdict = match self.write_resolved(&resolved, head, GrowthLimit::Owed)? {
            BundleResult::Rejected(reason, _) => {
                let alone = records_alone(&resolved);
                match self.write_resolved(&alone, head, GrowthLimit::Owed)? {
                    BundleResult::In(written) => BundleResult::Rejected(reason, written),
                    verdict => verdict,
                }
            }
            verdict => verdict,
        };
        Ok(verdict.of(resolved))
    }

    /// Recognizes a bundle by its first record: time and every byte. A bundle without records only
    /// has effects that may be repeated.
    fn is_in(&mut self, bundle: &Bundle) -> Result<bool, WriteError> {
        let Some(written) = resolve_known(&mut *self.writer, bundle)? else { return Ok(false) };
        let Some(record) = written.records.first() else { return Ok(false) };
        self.writer.contains(record.at, &canonical(record)?)
    }
}

impl BundleResult {
    /// Returns the result with the records of a bundle that is not the one that was given.
    fn of(mut self, resolved: Cow<'_, Bundle>) -> Self {
        if let (Self::In(written) | Self::Rejected(_, written), Cow::Owned(bundle)) =
            (&mut self, resolved)
        {
            written.records = Some(bundle.records);
        }
        self
    }
}

/// Returns the bytes that are hashed and kept. They are the record as JSON, its fields in the order
/// of the type: the same record gives the same bytes, as long as the type does not change.
pub(super) fn canonical(record: &AuditRecord) -> Result<Vec<u8>, WriteError> {
    serde_json::to_vec(record).map_err(|error| WriteError::Failed(error.into()))
}

fn cause(error: WriteError) -> StoreCause {
    match error {
        WriteError::Failed(cause) => cause,
        // Outside of `apply` there is no bundle to blame: what contradicts there is a fault of the
        // database.
        blaming @ (WriteError::Rejected(_) | WriteError::NoRoom) => blaming.into(),
    }
}
