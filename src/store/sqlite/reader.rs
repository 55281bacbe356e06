//! Readers beside the writer: they see what is committed and never block it.

use super::{connection, size_bound};
use crate::store::StoreError;
use parking_lot::Mutex;
use rusqlite::Connection;
use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Connections kept open between queries. More may be open at once; those beyond are closed after
/// their query.
const MOST_IDLE: usize = 4;

/// Reads committed state. Every method blocks: call it where blocking is allowed.
///
/// Clones share their connections; queries run side by side.
///
/// A statement sees the state of one moment, also when it takes long; the writer goes on meanwhile,
/// but its log cannot shrink below what that statement needs. Nothing can be written through a
/// reader.
#[derive(Clone)]
pub struct Reader(Arc<Shared>);

struct Shared {
    dir: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Reader {
    /// Opens a data folder to read, in use or not, or a copy of one. Fails on a schema that this
    /// version does not know, older or newer: only the writer changes schemas.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let first = connection::open_to_read(dir)?;
        let idle = Mutex::new(vec![first]);
        Ok(Self(Arc::new(Shared { dir: dir.to_owned(), idle })))
    }

    /// Returns the bytes of the database that hold something, as `data.max_size` bounds them. Neither its
    /// free pages are counted nor the write-ahead log.
    pub fn size(&self) -> Result<u64, StoreError> {
        self.with(|connection| Ok(size_bound::used(connection)?))
    }

    /// Closes the connections that are not in use, so that the database's files can be tidied up.
    /// The reader can still be used: it opens new ones.
    pub(in crate::store) fn close(&self) {
        self.idle().clear();
    }

    /// Runs `work` on a connection of its own. A connection whose work failed is dropped and not
    /// used again.
    pub(super) fn with<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        // A statement of its own, so that the lock is free again before a connection is opened.
        let idle = self.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connection::open_to_read(&self.0.dir)?,
        };
        let done = work(&connection)?;
        let mut idle = self.idle();
        if idle.len() < MOST_IDLE {
            idle.push(connection);
        }
        Ok(done)
    }

    fn idle(&self) -> parking_lot::MutexGuard<'_, Vec<Connection>> {
        self.0.idle.lock()
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("dir", &self.0.dir).finish_non_exhaustive()
    }
}
