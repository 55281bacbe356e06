//! The data folder in use.

use super::{
    BundleWriter, ChainHasher, CommitWatch, Journal, JournalHealth, Reader, StoreError,
    chain_writer::ChainWriter,
    journal::JournalEnds,
    spill::{SPILL_SIZE, SpillFile},
    sqlite::SqliteWriter,
    writer_thread::{RETRY, WriterThread},
};
use crate::{domain::Clock, tasks::Tasks};
use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    time::Duration,
};
use tokio::sync::{broadcast, watch};

/// The file that outcomes go to while the database cannot be written.
const SPILL_FILE: &str = "spill.jsonl";

/// Committed records that a slow subscriber may be behind.
const MOST_BEHIND: usize = 1024;

/// What a store is opened with.
#[derive(Debug)]
pub struct StoreOptions {
    /// The data folder; exists, and is locked by this process.
    pub dir: PathBuf,
    /// The largest size of the database in bytes; 0 means no bound.
    pub max_size: u64,
    /// Computes the hashes of the chain.
    pub seal: Arc<dyn ChainHasher>,
    /// Tells the time of the journal's own records.
    pub clock: Arc<dyn Clock>,
    /// Is told of commits.
    pub watch: Arc<dyn CommitWatch>,
}

/// Durable state: one journal to write, readers beside it.
#[derive(Debug, Clone)]
pub struct Store {
    journal: Journal,
    reader: Reader,
}

impl Store {
    /// Opens the database in the data folder, brings its schema up to date, and commits what the
    /// spill file holds. Blocks.
    pub fn open(options: StoreOptions) -> Result<Self, StoreError> {
        let writer = SqliteWriter::open(&options.dir, options.max_size)?;
        Self::assemble(options, Box::new(writer), RETRY)
    }

    /// Opens a store over any writer whose database lies in the data folder.
    pub(super) fn assemble(
        options: StoreOptions,
        writer: Box<dyn BundleWriter>,
        retry: Duration,
    ) -> Result<Self, StoreError> {
        let StoreOptions { dir, seal, clock, watch, .. } = options;
        let mut chain = ChainWriter::new(writer, seal);
        let spill = take_in_spilled(&dir.join(SPILL_FILE), &mut chain)?;
        let reader = Reader::open(&dir)?;
        let (inbox, messages) = mpsc::channel();
        let (alive, ended) = mpsc::channel();
        let (health, observed) = watch::channel(JournalHealth::Good);
        let (committed, _) = broadcast::channel(MOST_BEHIND);
        let appended = Arc::default();
        let engine = WriterThread {
            chain,
            spill,
            clock,
            watch,
            health,
            committed: committed.clone(),
            appended: Arc::clone(&appended),
            retry,
            log_size: 0,
            outage: None,
        };
        Tasks::thread("journal", move || {
            engine.run(messages);
            drop(alive);
        })
        .map_err(|source| StoreError::File { path: dir, source })?;
        let ends = JournalEnds { inbox, ended, health: observed, committed, appended };
        Ok(Self { journal: Journal::new(ends), reader })
    }

    /// Returns the way to write.
    pub fn journal(&self) -> Journal {
        self.journal.clone()
    }

    /// Returns the way to read.
    pub fn reader(&self) -> Reader {
        self.reader.clone()
    }

    /// Commits what was given so far and closes the database; the journal takes nothing after it.
    ///
    /// Whoever appends should have stopped: what comes in the very act of closing may be lost.
    pub async fn close(&self) {
        self.reader.close();
        self.journal.close().await;
    }
}

/// Commits what a former run could only spill, each bundle at most once.
fn take_in_spilled(path: &Path, chain: &mut ChainWriter) -> Result<SpillFile, StoreError> {
    let failed = |source: io::Error| StoreError::File { path: path.to_owned(), source };
    let (mut spill, left) = SpillFile::open(path, SPILL_SIZE).map_err(failed)?;
    if !left.is_empty() {
        let verdicts = chain.write_again(left.iter()).map_err(StoreError::Database)?;
        tracing::warn!(
            bundles = verdicts.len(),
            "outcomes of a former run were taken from the spill file"
        );
    }
    spill.clear().map_err(failed)?;
    Ok(spill)
}
