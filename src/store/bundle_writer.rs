//! The seam between the journal and a database.

use super::{ChainHead, ChainLink, error::StoreCause};
use crate::domain::{Bundle, GrowthLimit, PersonDigest, PersonId, Timestamp};

/// What lies beside the database up to this size needs no looking after: the database moves it by itself
/// at about half of it.
pub const SMALL_LOG: u64 = 8 * 1024 * 1024;

/// Writes bundles into one database, a transaction at a time; the journal's thread is its only user.
///
/// The order is always: `begin`, then `contains` and `apply` as often as needed, then `commit` or
/// `rollback`. After a [`WriteError::Failed`] the next step is `rollback`, then `reopen`.
///
/// Every method may block on the disk, and none is called from two threads at once. What `commit`
/// returned `Ok` for must survive a crash of the machine. When it fails the transaction may be in
/// or not, and the caller finds out by `contains` after `reopen`.
pub trait BundleWriter: Send {
    /// Begins a transaction and returns the chain's head within it; `None` when the chain is empty.
    /// Fails if the head is not the one that was committed last, since then somebody else writes.
    fn begin(&mut self) -> Result<Option<ChainHead>, WriteError>;

    /// Says whether a record of that time with exactly these bytes is in the chain. Sees what was
    /// applied in the open transaction too.
    fn contains(&mut self, at: Timestamp, bytes: &[u8]) -> Result<bool, WriteError>;

    /// Returns the id of the person of a digest. Sees what was applied in the open transaction too,
    /// so that one person never gets two.
    fn person(&mut self, digest: &PersonDigest) -> Result<Option<PersonId>, WriteError>;

    /// Applies `bundle`, whose records get `links` in order; a rejected bundle leaves no trace.
    /// There is one link for each record. One that would go beyond `limit` leaves none either, and fails
    /// with [`WriteError::NoRoom`]. A [`WriteError::Failed`] ends the whole transaction.
    fn apply(
        &mut self,
        bundle: &Bundle,
        links: &[ChainLink],
        limit: GrowthLimit,
    ) -> Result<(), WriteError>;

    /// Makes the transaction durable, with `head` as the chain's head.
    fn commit(&mut self, head: ChainHead) -> Result<(), WriteError>;

    /// Gives the transaction up, if there is one. It cannot fail: what it cannot undo goes with the
    /// connection, which is replaced next.
    fn rollback(&mut self);

    /// Drops the connection and opens a new one that trusts nothing of the old one. If it fails
    /// there is no connection, and it is called again later.
    fn reopen(&mut self) -> Result<(), WriteError>;

    /// Keeps what the database needs beside its own file small, as far as nobody has to wait for that, and
    /// returns its size in bytes. Called between transactions, again and again.
    fn tidy(&mut self) -> Result<u64, WriteError> {
        Ok(0)
    }

    /// Moves all that lies beside the database's own file into it, so that nothing of what was
    /// removed lies there any more. Says whether it could: it waits for no reader.
    fn clear_log(&mut self) -> Result<bool, WriteError> {
        Ok(true)
    }

    /// Returns how many bytes calls may still add; `None` where nothing bounds them. Called between
    /// transactions, and sees what others did to the database too.
    fn room_for_calls(&mut self) -> Result<Option<u64>, WriteError> {
        Ok(None)
    }

    /// Tidies up before the last drop; durability does not depend on it. Nothing is called after
    /// it.
    fn close(&mut self) -> Result<(), WriteError>;
}

/// A database did not write.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The bundle contradicts what is stored; the transaction goes on without it.
    #[error("the bundle contradicts what is stored: {0}")]
    Rejected(Box<str>),
    /// The bundle would fill the database beyond its limit; the transaction goes on without it.
    #[error("the bundle would fill the database beyond its limit")]
    NoRoom,
    /// The database failed; the whole transaction is lost.
    #[error("the database failed")]
    Failed(#[source] StoreCause),
}
