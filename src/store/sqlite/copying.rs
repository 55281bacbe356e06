//! Copies of the database, while it is written to.

use super::{Reader, connection};
use crate::store::{StoreError, sync_folder_of};
use rusqlite::{
    Connection, Error, ErrorCode,
    backup::{Backup, StepResult},
};
use std::{ffi::c_int, fs::File, path::Path};

/// Pages that are copied at once: a megabyte, so that the disk is free for commits in between.
const PAGES: c_int = 256;

/// How a copy ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyEnd {
    /// It is there whole, and durable.
    Whole,
    /// The disk has no room for it. What is there of it is no copy.
    NoRoom,
    /// It was not to go on. What is there of it is no copy.
    GivenUp,
}

impl Reader {
    /// Copies the database as it is at one moment into a folder that has none, readable by its owner alone. The
    /// writer goes on meanwhile, but its log cannot shrink until this returns. `goes_on` is asked before each
    /// of many small steps, and may wait. Blocks.
    pub fn copy_to(
        &self,
        dir: &Path,
        goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<CopyEnd, StoreError> {
        let mut copy = connection::open_copy(dir)?;
        let end = self.with(|connection| {
            // Held to the end: without it every commit of the writer would have the copy begin anew.
            let moment = connection.unchecked_transaction()?;
            moment.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
            match copied(&moment, &mut copy, goes_on) {
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => {
                    Ok(CopyEnd::NoRoom)
                }
                ended => Ok(ended?),
            }
        })?;
        drop(copy);
        if end == CopyEnd::Whole {
            let path = connection::database(dir);
            let synced = File::open(&path).and_then(|file| file.sync_all());
            let synced = synced.and_then(|()| sync_folder_of(&path));
            synced.map_err(|source| StoreError::File { path, source })?;
        }
        Ok(end)
    }

    /// Looks for damage in the database, without comparing its indices with its tables; `None` where there is
    /// none. Reads all of it.
    pub fn quick_check(&self) -> Result<Option<String>, StoreError> {
        self.with(|connection| {
            let said: String =
                connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
            Ok(Some(said).filter(|said| said != "ok"))
        })
    }
}

fn copied(
    from: &Connection,
    to: &mut Connection,
    goes_on: &mut dyn FnMut() -> bool,
) -> Result<CopyEnd, Error> {
    let copying = Backup::new(from, to)?;
    while goes_on() {
        if copying.step(PAGES)? == StepResult::Done {
            return Ok(CopyEnd::Whole);
        }
    }
    Ok(CopyEnd::GivenUp)
}
