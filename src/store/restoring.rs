//! Writing a database that comes from a backup, before any gateway uses it.

use super::{
    BundleWriter, ChainHasher, ChainHead, ChainLink, SealedRecord, StoreError, WriteError,
    chain_writer::canonical, error::StoreCause, sqlite::SqliteWriter,
};
use crate::domain::{Bundle, Effect, GrowthLimit};
use std::{fmt, path::Path, sync::Arc};

/// Records that go into one transaction.
const AT_ONCE: usize = 1000;

/// A database cannot be restored. It is half done then, and no gateway may use it.
#[derive(Debug, thiserror::Error)]
pub enum RestoringError {
    /// It cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It failed.
    #[error("the database cannot be written")]
    Database(#[source] StoreCause),
    /// A record is not the one that comes next.
    #[error("record {0} does not follow the one before it")]
    Unlinked(u64),
    /// A record is not what its hash was computed from.
    #[error("record {0} was changed: its hash does not fit its content")]
    Changed(u64),
    /// What is to be there contradicts what is there.
    #[error("what is to be restored contradicts what is there: {0}")]
    Contradicts(Box<str>),
}

/// The only other writer beside the journal, for a database that nobody else uses: whoever has it holds
/// the folder, and opens no store before it has finished.
///
/// Records that were sealed elsewhere go in as they are, so that the chain goes on with the same numbers and
/// hashes. A database that was not finished is worth nothing. Every method blocks.
pub struct RestoringWriter {
    writer: SqliteWriter,
    seal: Arc<dyn ChainHasher>,
    head: ChainHead,
    /// Records in the open transaction.
    waiting: usize,
}

impl RestoringWriter {
    /// Opens the database of a folder, and brings its schema up to date. One of a newer version is refused.
    pub fn open(dir: &Path, seal: Arc<dyn ChainHasher>) -> Result<Self, RestoringError> {
        let mut writer = SqliteWriter::open(dir, 0)?;
        let head = writer.begin()?.unwrap_or_else(|| ChainHead { seq: 0, hash: seal.genesis() });
        Ok(Self { writer, seal, head, waiting: 0 })
    }

    /// Returns the last record that is in by now.
    pub fn head(&self) -> ChainHead {
        self.head
    }

    /// Appends a record that was sealed elsewhere, with the changes that it tells of. Where the changes
    /// contradict what is there the record goes in alone, as it did where it was written, and why is
    /// returned.
    pub fn append(
        &mut self,
        sealed: &SealedRecord,
        effects: Vec<Effect>,
    ) -> Result<Option<Box<str>>, RestoringError> {
        let link = self.link_of(sealed)?;
        let record = || vec![sealed.record.clone()];
        let bundle = Bundle { records: record(), effects, person: None };
        let left_out = match self.apply_one(&bundle, std::slice::from_ref(&link)) {
            Err(RestoringError::Contradicts(why)) => {
                let alone = Bundle { records: record(), ..Bundle::default() };
                self.apply_one(&alone, std::slice::from_ref(&link))?;
                Some(why)
            }
            applied => applied.map(|()| None)?,
        };
        self.head = link.head();
        self.count()?;
        Ok(left_out)
    }

    /// Makes changes whose record does not go in; those that contradict what is there are left out whole, and
    /// why is returned.
    pub fn apply(&mut self, effects: Vec<Effect>) -> Result<Option<Box<str>>, RestoringError> {
        let bundle = Bundle { effects, ..Bundle::default() };
        match self.apply_one(&bundle, &[]) {
            Err(RestoringError::Contradicts(why)) => Ok(Some(why)),
            applied => applied.map(|()| None),
        }
    }

    /// Adds records that are new here, with their changes. All of it goes in, or it fails.
    pub fn add(&mut self, bundle: &Bundle) -> Result<(), RestoringError> {
        let mut tip = self.head;
        let mut links = Vec::with_capacity(bundle.records.len());
        for record in &bundle.records {
            let link = ChainLink::after(tip, canonical(record)?, &*self.seal);
            tip = link.head();
            links.push(link);
        }
        self.apply_one(bundle, &links)?;
        self.head = tip;
        self.count()
    }

    /// Commits what was written so far, so that readers see it.
    pub fn flush(&mut self) -> Result<(), RestoringError> {
        self.writer.commit(self.head)?;
        self.writer.tidy()?;
        self.writer.begin()?;
        self.waiting = 0;
        Ok(())
    }

    /// Makes all of it durable, and rewrites the file so that nothing is left in it of what was removed.
    pub fn finish(mut self) -> Result<ChainHead, RestoringError> {
        self.writer.commit(self.head)?;
        self.writer.rewrite()?;
        self.writer.close()?;
        Ok(self.head)
    }

    /// Returns the link of a record, if it is the one that comes next.
    fn link_of(&self, sealed: &SealedRecord) -> Result<ChainLink, RestoringError> {
        let SealedRecord { seq, prev_hash, hash, bytes, .. } = sealed;
        if (*seq, *prev_hash) != (self.head.seq + 1, self.head.hash) {
            return Err(RestoringError::Unlinked(*seq));
        }
        if self.seal.seal(*seq, prev_hash, bytes) != *hash {
            return Err(RestoringError::Changed(*seq));
        }
        Ok(ChainLink { seq: *seq, prev_hash: *prev_hash, hash: *hash, bytes: bytes.clone() })
    }

    fn apply_one(&mut self, bundle: &Bundle, links: &[ChainLink]) -> Result<(), RestoringError> {
        Ok(self.writer.apply(bundle, links, GrowthLimit::Owed)?)
    }

    /// Begins another transaction now and then: the log would grow without end otherwise.
    fn count(&mut self) -> Result<(), RestoringError> {
        self.waiting += 1;
        if self.waiting >= AT_ONCE { self.flush() } else { Ok(()) }
    }
}

impl From<WriteError> for RestoringError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Rejected(why) => Self::Contradicts(why),
            WriteError::Failed(cause) => Self::Database(cause),
            // Nothing bounds it here.
            full @ WriteError::NoRoom => Self::Database(full.into()),
        }
    }
}

impl fmt::Debug for RestoringWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RestoringWriter").field("head", &self.head).finish_non_exhaustive()
    }
}
