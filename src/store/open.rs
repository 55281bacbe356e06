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

/// Committed records that a slow subscriber may be behind. One that is further behind loses the
/// oldest of them and is told how many it lost; the journal never waits for a subscriber.
const MOST_BEHIND: usize = 1024;

/// What a store is opened with.
#[derive(Debug)]
pub struct StoreOptions {
    /// The data folder; exists, and is locked by this process. The database, its write-ahead log
    /// and the spill file lie in it, all made with mode 0600.
    pub dir: PathBuf,
    /// The largest size of the database in bytes; 0 means no bound. It bounds the database's own
    /// file, not its write-ahead log. Part of it is kept back, as [`GrowthLimit`](crate::domain::GrowthLimit)
    /// says; a commit of what has happened that needs more than all of it fails, and an outage begins.
    pub max_size: u64,
    /// Computes the hashes of the chain. It is asked anew each time a record is tried, since
    /// another one may have taken its place.
    pub seal: Arc<dyn ChainHasher>,
    /// Tells the time of the journal's own records.
    pub clock: Arc<dyn Clock>,
    /// Is told of commits. That happens on the journal's thread.
    pub watch: Arc<dyn CommitWatch>,
}

/// Durable state: one journal to write, readers beside it. Clones share the writer and the reading
/// connections. What a commit acknowledged survives a crash of the process and of the machine.
#[derive(Debug, Clone)]
pub struct Store {
    journal: Journal,
    reader: Reader,
}

impl Store {
    /// Opens the database in the data folder, brings its schema up to date, and commits what the
    /// spill file holds. Blocks.
    ///
    /// What was spilled goes in before anything else can be committed, and each bundle of it at
    /// most once, even if a crash came between its commit and the clearing of the file.
    ///
    /// Fails with [`StoreError::NewerSchema`] on a database of a newer version, with
    /// [`StoreError::Setting`] where a setting that durability rests on is not taken, and if what
    /// was spilled cannot be committed: the spill file is then left as it is.
    pub fn open(options: StoreOptions) -> Result<Self, StoreError> {
        let writer = SqliteWriter::open(&options.dir, options.max_size)?;
        Self::assemble(options, Box::new(writer), RETRY)
    }

    /// Opens a store over any writer whose database lies in the data folder. Starts the journal's
    /// thread last of all, so that nothing runs when this fails.
    pub(super) fn assemble(
        options: StoreOptions,
        writer: Box<dyn BundleWriter>,
        retry: Duration,
    ) -> Result<Self, StoreError> {
        let StoreOptions { dir, seal, clock, watch, .. } = options;
        let mut chain = ChainWriter::new(writer, seal);
        let spill = take_in_spilled(&dir.join(SPILL_FILE), &mut chain)?;
        // After the writer, which has brought the schema up to date: a reader refuses an older one.
        let reader = Reader::open(&dir)?;
        let (inbox, messages) = mpsc::channel();
        let (alive, ended) = mpsc::channel();
        let (health, observed) = watch::channel(JournalHealth::Good);
        let (committed, _) = broadcast::channel(MOST_BEHIND);
        let appended = Arc::default();
        let mut engine = WriterThread {
            chain,
            spill,
            clock,
            watch,
            health,
            committed: committed.clone(),
            appended: Arc::clone(&appended),
            retry,
            log_size: 0,
            held_back: Vec::new(),
            outage: None,
        };
        // Before anybody asks whether calls may be let in.
        engine.look_at_room();
        Tasks::thread("journal", move || {
            engine.run(messages);
            // Dropped last: whoever waits for the thread's end finds the database closed.
            drop(alive);
        })
        .map_err(|source| StoreError::File { path: dir, source })?;
        let ends = JournalEnds { inbox, ended, health: observed, committed, appended };
        Ok(Self { journal: Journal::new(ends), reader })
    }

    /// Returns the way to write. All of them lead to the same thread, which takes bundles in the
    /// order in which they are given.
    pub fn journal(&self) -> Journal {
        self.journal.clone()
    }

    /// Returns the way to read. It sees what is committed and nothing of a transaction that is
    /// still open.
    pub fn reader(&self) -> Reader {
        self.reader.clone()
    }

    /// Commits what was given so far and closes the database; the journal takes nothing after it.
    ///
    /// Whoever appends should have stopped: what comes in the very act of closing may be lost. What
    /// is owed after an outage is tried once more; what still cannot be committed stays in the
    /// spill file, and appended records that wait in memory alone are lost.
    pub async fn close(&self) {
        // Readers first: only the last connection that closes takes the files of the log away, and
        // one that cannot write leaves them.
        self.reader.close();
        self.journal.close().await;
    }
}

/// Commits what a former run could only spill, each bundle at most once. The file is cleared after
/// the commit, never before.
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
    // Also when no line could be read: damaged ones were told in the log, and would be told at
    // every start.
    spill.clear().map_err(failed)?;
    Ok(spill)
}
