//! The write-ahead log beside the database: kept small, without anybody waiting for that.
//!
//! The database moves its log into its file with every few commits. While somebody reads for long, perhaps
//! from outside, it cannot, and the log grows. Once they are done there may be much to move, so that happens
//! on a thread of its own beside the writer; what is left then is little, and the writer cuts the log off.

use super::connection;
use crate::{
    store::{StoreError, WriteError, bundle_writer::SMALL_LOG},
    tasks::Tasks,
};
use rusqlite::Connection;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::mpsc::{self, Receiver, TryRecvError},
    time::{Duration, Instant},
};

/// A log beyond this size is worth a warning. It is twice what is still called small, in bytes.
pub const LARGE_LOG: u64 = 16 * 1024 * 1024;

/// How long it takes between two looks whether the readers are done.
const PAUSE: Duration = Duration::from_secs(1);

/// Pages that a commit moves on its way, which is the database's own default.
const FEW: i64 = 1000;

/// Returns the size in bytes of the write-ahead log in a data folder. It is 0 where there is none,
/// or where it cannot be looked at.
pub fn log_size(dir: &Path) -> u64 {
    fs::metadata(connection::log(dir)).map_or(0, |found| found.len())
}

/// Looks after the log of one writer. It belongs to the thread that commits.
#[derive(Debug)]
pub(super) struct Log {
    dir: PathBuf,
    large: Option<Large>,
}

/// What is done about a log that is no longer small.
#[derive(Debug)]
struct Large {
    next: Instant,
    /// Tells how many pages could not be moved, once that thread is done.
    moving: Option<Receiver<i64>>,
    is_told: bool,
}

impl Log {
    pub(super) fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), large: None }
    }

    /// Does what can be done without waiting to keep the log small, and returns its size. Takes
    /// several calls: one ends the moving by commits, later ones start a thread and take up what it
    /// found, and the last one cuts the log off. The size is in bytes.
    pub(super) fn tidy(&mut self, writer: &Connection) -> Result<u64, WriteError> {
        let size = log_size(&self.dir);
        if size <= SMALL_LOG {
            return self.is_small(writer, size);
        }
        let Some(large) = &mut self.large else {
            // Commits move nothing from here on: they would all of it, and their callers wait.
            moves_itself(writer, 0)?;
            self.large = Some(Large { next: Instant::now(), moving: None, is_told: false });
            return Ok(size);
        };
        large.tell(size);
        if large.left(&self.dir).is_some_and(|left| left <= FEW) {
            // Also if a reader keeps the log from being cut off next: what is left is few, and
            // commits may move it.
            moves_itself(writer, FEW)?;
            if cut_off(writer)? {
                return self.is_small(writer, log_size(&self.dir));
            }
        }
        Ok(size)
    }

    /// Waits until nothing is moved any more. Blocks for as long as that takes, and forgets that
    /// the log was large.
    pub(super) fn settle(&mut self) {
        // Taken: the next connection begins with SQLite's default, and while the log was still held
        // for large, nobody would tell its commits to move nothing.
        if let Some(moving) = self.large.take().and_then(|large| large.moving) {
            moving.recv().ok();
        }
    }

    fn is_small(&mut self, writer: &Connection, size: u64) -> Result<u64, WriteError> {
        if let Some(large) = self.large.take() {
            moves_itself(writer, FEW)?;
            if large.is_told {
                tracing::info!(bytes = size, "the database's write-ahead log is small again");
            }
        }
        Ok(size)
    }
}

impl Large {
    fn tell(&mut self, size: u64) {
        if size > LARGE_LOG && !self.is_told {
            self.is_told = true;
            tracing::warn!(
                bytes = size,
                "the database's write-ahead log is large and grows: somebody has been reading the database for \
                 long, and it can only become smaller once they are done"
            );
        }
    }

    /// Returns how many pages cannot be moved, when that has just been found out; tries again when it is time.
    fn left(&mut self, dir: &Path) -> Option<i64> {
        let left = match self.moving.as_ref().map(Receiver::try_recv) {
            Some(Err(TryRecvError::Empty)) => return None,
            Some(found) => found.ok(),
            None if Instant::now() >= self.next => {
                self.moving = begin_to_move(dir);
                return None;
            }
            None => return None,
        };
        self.moving = None;
        self.next = Instant::now() + PAUSE;
        left
    }
}

/// Begins to move what nobody reads any more, on a thread and a connection of its own; whoever commits
/// meanwhile does not wait for it.
fn begin_to_move(dir: &Path) -> Option<Receiver<i64>> {
    let (found, moving) = mpsc::channel();
    let dir = dir.to_owned();
    let work = move || match move_pages(&dir) {
        Ok(left) => drop(found.send(left)),
        Err(error) => tracing::debug!(%error, "the write-ahead log could not be moved"),
    };
    Tasks::thread("write-ahead log", work).is_ok().then_some(moving)
}

/// Moves what can be moved, and returns how many pages are left. It moves only what no reader needs
/// any more, and waits for nobody.
fn move_pages(dir: &Path) -> Result<i64, StoreError> {
    let connection = connection::open_beside(dir)?;
    let sql = "PRAGMA wal_checkpoint(PASSIVE)";
    Ok(connection.query_row(sql, [], |row| Ok(row.get::<_, i64>(1)? - row.get::<_, i64>(2)?))?)
}

/// Has commits move pages whenever there are so many; never for 0.
fn moves_itself(writer: &Connection, pages: i64) -> Result<(), WriteError> {
    Ok(writer.pragma_update_and_check(None, "wal_autocheckpoint", pages, |_| Ok(()))?)
}

/// Moves what is left into the database and empties the log. Says whether that worked: it does not wait
/// for readers. An error of the database is an error; a reader in the way is not.
pub(super) fn cut_off(writer: &Connection) -> Result<bool, WriteError> {
    writer.busy_timeout(Duration::ZERO)?;
    let busy = writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
    // Before the answer is looked at: an error must not leave the writer without patience.
    writer.busy_timeout(connection::PATIENCE)?;
    Ok(!busy?)
}
