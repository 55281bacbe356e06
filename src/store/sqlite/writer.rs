//! The only connection that writes.

use super::{
    chain, connection, effects,
    log::{self, Log},
    persons,
    rewrite::rewrite_if_old,
    size_bound::{self, SizeBound},
};
use crate::{
    domain::{AuditRecord, Bundle, GrowthLimit, PersonDigest, PersonId, Timestamp},
    store::{BundleWriter, ChainHead, ChainLink, Columns, StoreError, WriteError},
};
use rusqlite::{Connection, params};
use std::path::{Path, PathBuf};

/// Writes bundles into the database of a data folder.
///
/// Whoever else appends to the chain makes the next transaction fail, since the head is no longer
/// the one that was committed last. A head is known only after the first transaction of this
/// process.
pub(in crate::store) struct SqliteWriter {
    dir: PathBuf,
    bound: Option<SizeBound>,
    /// Whether a bundle of the transaction that is open might reach its limit.
    is_tight: bool,
    /// `None` only between dropping a connection and opening the next.
    connection: Option<Connection>,
    log: Log,
    /// The head this writer last committed; another one means that somebody else writes.
    known: Option<ChainHead>,
    /// The head of a commit that failed, which may turn out to be in.
    attempted: Option<ChainHead>,
}

impl SqliteWriter {
    /// Opens the database, making it if there is none, and brings its schema up to date. Fails on a
    /// database of a newer version, and where a setting that durability rests on is not taken.
    pub(in crate::store) fn open(dir: &Path, max_size: u64) -> Result<Self, StoreError> {
        let connection = connection::open_to_write(dir)?;
        rewrite_if_old(&connection, dir)?;
        let bound = SizeBound::new(&connection, max_size)?;
        bound.map(|bound| bound.set(&connection)).transpose()?;
        let (dir, log, connection) = (dir.to_owned(), Log::new(dir), Some(connection));
        Ok(Self { dir, bound, is_tight: false, connection, log, known: None, attempted: None })
    }

    /// Rewrites the database, outside of any transaction: nothing of what was removed stays in its file, and
    /// the file can become smaller from then on.
    pub(in crate::store) fn rewrite(&self) -> Result<(), WriteError> {
        let connection = self.connection()?;
        connection.execute_batch("VACUUM")?;
        checkpoint(connection)
    }

    /// Returns what the database holds, where a bundle might reach its limit.
    fn used_if_tight(&self, connection: &Connection) -> Result<Option<u64>, WriteError> {
        let is_tight = self.is_tight && self.bound.is_some();
        Ok(is_tight.then(|| size_bound::used(connection)).transpose()?)
    }

    /// Says whether what was applied is within `limit`, or at least made room beside what was held before.
    fn holds(
        &self,
        connection: &Connection,
        limit: GrowthLimit,
        before: Option<u64>,
    ) -> Result<bool, WriteError> {
        let (Some(bound), Some(before)) = (self.bound, before) else { return Ok(true) };
        let now = size_bound::used(connection)?;
        Ok(bound.holds(now, limit) || now < before)
    }

    fn connection(&self) -> Result<&Connection, WriteError> {
        self.connection.as_ref().ok_or_else(|| WriteError::Failed("no connection".into()))
    }

    fn assert_alone(&mut self, head: ChainHead) -> Result<(), WriteError> {
        let expected = |known| head == known || self.attempted == Some(head);
        if self.known.is_some_and(|known| !expected(known)) {
            return Err(WriteError::Failed("somebody else wrote into the database".into()));
        }
        (self.known, self.attempted) = (Some(head), None);
        Ok(())
    }
}

impl BundleWriter for SqliteWriter {
    fn begin(&mut self) -> Result<Option<ChainHead>, WriteError> {
        let connection = self.connection()?;
        // Takes the lock before the head is read. A deferred transaction takes it with the first
        // write, and fails if somebody wrote in between, which would begin an outage.
        run(connection, "BEGIN IMMEDIATE")?;
        let head = head(connection)?;
        let is_tight = self.bound.map(|bound| bound.is_tight(connection)).transpose()?;
        self.is_tight = is_tight.unwrap_or(false);
        self.assert_alone(head)?;
        Ok((head.seq > 0).then_some(head))
    }

    fn contains(&mut self, at: Timestamp, bytes: &[u8]) -> Result<bool, WriteError> {
        // By time as well: there is an index by time and none by bytes.
        let sql = "SELECT EXISTS (SELECT 1 FROM audit_records WHERE at = ?1 AND bytes = ?2)";
        let mut statement = self.connection()?.prepare_cached(sql)?;
        Ok(statement.query_row(params![at.as_micros(), bytes], |row| row.get(0))?)
    }

    fn person(&mut self, digest: &PersonDigest) -> Result<Option<PersonId>, WriteError> {
        Ok(persons::id_of(self.connection()?, digest)?)
    }

    fn apply(
        &mut self,
        bundle: &Bundle,
        links: &[ChainLink],
        limit: GrowthLimit,
    ) -> Result<(), WriteError> {
        let connection = self.connection()?;
        let before = self.used_if_tight(connection)?;
        run(connection, "SAVEPOINT bundle")?;
        let applied = match apply(connection, bundle, links) {
            Ok(()) if !self.holds(connection, limit, before)? => Err(WriteError::NoRoom),
            applied => applied,
        };
        if let Err(WriteError::Rejected(_) | WriteError::NoRoom) = &applied {
            run(connection, "ROLLBACK TO bundle")?;
        }
        if !matches!(applied, Err(WriteError::Failed(_))) {
            // Also one that was rolled back to: it is still open, and the next one would nest in it.
            run(connection, "RELEASE bundle")?;
        }
        applied
    }

    fn commit(&mut self, head: ChainHead) -> Result<(), WriteError> {
        let connection = self.connection()?;
        if self.known.is_some_and(|known| known.seq == head.seq) {
            // Without new records the head stays, and to write it again would cost a page in each
            // commit.
            return run(connection, "COMMIT");
        }
        let sql = "UPDATE chain_head SET seq = ?1, hash = ?2 WHERE only = 1";
        let mut statement = connection.prepare_cached(sql)?;
        statement.execute(params![head.seq.cast_signed(), head.hash])?;
        drop(statement);
        // Noted before the attempt: a commit that fails may be in all the same, and is then known
        // by its head.
        self.attempted = Some(head);
        run(self.connection()?, "COMMIT")?;
        (self.known, self.attempted) = (Some(head), None);
        Ok(())
    }

    fn rollback(&mut self) {
        if let Some(connection) = self.connection.as_ref().filter(|open| !open.is_autocommit()) {
            // What cannot be rolled back is lost with the connection, which is replaced next.
            connection.execute_batch("ROLLBACK").ok();
        }
    }

    fn reopen(&mut self) -> Result<(), WriteError> {
        // Before the next one opens, which must read all of it anew. `known` stays, so that whoever
        // writes meanwhile is found out.
        self.connection = None;
        // Two checkpoints at once would make the one below fail.
        self.log.settle();
        let opened = connection::open_to_write(&self.dir);
        let connection = opened.map_err(|error| WriteError::Failed(error.into()))?;
        self.bound.map(|bound| bound.set(&connection)).transpose()?;
        checkpoint(&connection)?;
        self.connection = Some(connection);
        Ok(())
    }

    fn tidy(&mut self) -> Result<u64, WriteError> {
        let connection = self.connection.as_ref();
        connection.map_or(Ok(0), |connection| self.log.tidy(connection))
    }

    fn clear_log(&mut self) -> Result<bool, WriteError> {
        log::cut_off(self.connection()?)
    }

    fn room_for_calls(&mut self) -> Result<Option<u64>, WriteError> {
        let connection = self.connection()?;
        let room = self.bound.map(|bound| bound.room_for_calls(connection));
        Ok(room.transpose()?)
    }

    fn close(&mut self) -> Result<(), WriteError> {
        let Some(connection) = self.connection.take() else { return Ok(()) };
        self.log.settle();
        checkpoint(&connection)?;
        connection.close().map_err(|(_, error)| error.into())
    }
}

/// Moves the log into the database and empties it.
///
/// After a failed sync the system may take pages of the log for written that never were. What can be
/// read is therefore written anew, and the log begun afresh, before anything is built on it.
fn checkpoint(connection: &Connection) -> Result<(), WriteError> {
    let is_read = || WriteError::Failed("the log is still being read".into());
    if log::cut_off(connection)? { Ok(()) } else { Err(is_read()) }
}

fn run(connection: &Connection, sql: &str) -> Result<(), WriteError> {
    connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}

/// Returns where the chain ends, and goes on nowhere else.
fn head(connection: &Connection) -> Result<ChainHead, WriteError> {
    let missing = || WriteError::Failed("the chain's head is missing".into());
    chain::said_head(connection)?.ok_or_else(missing)
}

fn apply(connection: &Connection, bundle: &Bundle, links: &[ChainLink]) -> Result<(), WriteError> {
    for (record, link) in bundle.records.iter().zip(links) {
        insert(connection, record, link)?;
    }
    bundle.effects.iter().try_for_each(|effect| effects::apply(connection, effect))
}

fn insert(
    connection: &Connection,
    record: &AuditRecord,
    link: &ChainLink,
) -> Result<(), WriteError> {
    let columns = Columns::from_record(record);
    let mut statement = connection.prepare_cached(
        "INSERT INTO audit_records (seq, kind, at, call, request, environment, token, action,
                                    outcome, bytes, prev_hash, hash, person)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    statement.execute(params![
        link.seq.cast_signed(),
        columns.kind,
        columns.at,
        columns.call,
        columns.request,
        columns.environment,
        columns.token,
        columns.action,
        columns.outcome,
        link.bytes,
        link.prev_hash,
        link.hash,
        columns.person,
    ])?;
    Ok(())
}
