//! Connections, and the settings that durability rests on.

use super::migrations;
use crate::store::{StoreError, WriteError, bundle_writer::SMALL_LOG};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::{
    fs::OpenOptions,
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

/// The database's file in the data folder.
pub const DATABASE_FILE: &str = "ideogate.db";

/// How long a connection waits for a lock that another one holds for a moment. After that its
/// statement fails.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// How a database must be set so that its file can become smaller, a piece at a time.
pub(super) const INCREMENTAL: i64 = 2;

/// Statements kept prepared; more than there are.
const PREPARED: usize = 64;

/// Opens the only connection that writes, and brings the schema up to date.
///
/// Commits are synced before they return: `synchronous=FULL` with a write-ahead log. Both, and the
/// foreign keys, are read back after they are set, and opening fails where one was not taken.
pub(super) fn open_to_write(dir: &Path) -> Result<Connection, StoreError> {
    let path = database(dir);
    make(&path).map_err(|source| StoreError::File { path: path.clone(), source })?;
    // SQLite need not lock: no connection is ever used by two threads at once.
    // It must not make the file either, which would have the mode that the umask leaves.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    prepare(&connection)?;
    // Before the log: behind it a new database would be one that never becomes smaller, without a word.
    connection.pragma_update(None, "auto_vacuum", INCREMENTAL)?;
    set(&connection, "journal_mode", "wal", "wal")?;
    set(&connection, "synchronous", "full", "2")?;
    // SQLite's own default is off. The build of the library turns them on, and another need not.
    set(&connection, "foreign_keys", "on", "1")?;
    // What is deleted is overwritten with zeros, where that costs no page more: nobody finds in the
    // file whom it has forgotten.
    set(&connection, "secure_delete", "fast", "2")?;
    // The default, asserted: an exclusive lock would shut out every reader, the commands that read
    // beside a running gateway among them.
    set(&connection, "locking_mode", "normal", "normal")?;
    // Only macOS has these: there, fsync alone does not reach the disk.
    connection.execute_batch("PRAGMA fullfsync=on; PRAGMA checkpoint_fullfsync=on;")?;
    // Once all of a log that grew is moved, the next commit cuts it off.
    connection.pragma_update_and_check(
        None,
        "journal_size_limit",
        SMALL_LOG.cast_signed(),
        |_| Ok(()),
    )?;
    // Without a bound: a step that needs room must not keep a full database from being opened.
    migrations::migrate(&mut connection)?;
    Ok(connection)
}

/// Opens a connection that can only read; works beside the writer, and on a copy. There must be a
/// database: none is made.
pub(super) fn open_to_read(dir: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database(dir), flags)?;
    prepare(&connection)?;
    migrations::require_current(&connection)?;
    Ok(connection)
}

/// Opens a copy that is to be made, for nobody else. Nothing of it is durable until it is synced as a whole.
pub(super) fn open_copy(dir: &Path) -> Result<Connection, StoreError> {
    let path = database(dir);
    make(&path).map_err(|source| StoreError::File { path: path.clone(), source })?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    // A copy that a crash cuts off is thrown away, so it is neither logged nor synced step by step.
    set(&connection, "journal_mode", "off", "off")?;
    set(&connection, "synchronous", "off", "0")?;
    Ok(connection)
}

/// Makes the file if there is none, since the database gives its mode to all files beside it.
///
/// One that exists must not even be opened: to close it would drop the locks that other connections
/// of this process hold on it.
fn make(path: &Path) -> io::Result<()> {
    match OpenOptions::new().append(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Opens a connection that tidies up beside the writer, and writes nothing of its own. It waits for
/// no lock.
pub(super) fn open_beside(dir: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database(dir), flags)?;
    connection.busy_timeout(Duration::ZERO)?;
    Ok(connection)
}

/// Returns where the write-ahead log is.
pub(super) fn log(dir: &Path) -> PathBuf {
    dir.join(format!("{DATABASE_FILE}-wal"))
}

/// Returns where the database is.
pub(super) fn database(dir: &Path) -> PathBuf {
    dir.join(DATABASE_FILE)
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    Ok(())
}

/// Makes a setting, and asserts that it was taken.
fn set(
    connection: &Connection,
    setting: &'static str,
    wanted: &'static str,
    answer: &str,
) -> Result<(), StoreError> {
    connection.pragma_update(None, setting, wanted)?;
    let found = connection.pragma_query_value(None, setting, |row| row.get(0))?;
    let found = match found {
        rusqlite::types::Value::Text(text) => text,
        rusqlite::types::Value::Integer(number) => number.to_string(),
        other => format!("{other:?}"),
    };
    if found == answer { Ok(()) } else { Err(StoreError::Setting { setting, wanted, found }) }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

impl From<rusqlite::Error> for WriteError {
    /// What contradicts the data is the bundle's fault, everything else the database's.
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::ConstraintViolation | ErrorCode::TooBig) => {
                Self::Rejected(error.to_string().into())
            }
            _ => Self::Failed(error.into()),
        }
    }
}
