//! What all bodies together may take.

use super::space::free_space;
use crate::domain::TokenId;
use parking_lot::{Mutex, MutexGuard};
use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The most memory one body takes; what is larger goes to disk. It is a bound and no promise: where
/// memory is used up, smaller bodies go to disk as well.
pub(super) const MEMORY_PER_BODY: u64 = 1 << 20;

/// What bodies may take, in bytes. What a body takes counts from its first byte until nobody holds
/// it any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpoolLimits {
    /// Memory for all bodies together.
    pub memory: u64,
    /// Disk for all bodies together.
    pub disk: u64,
    /// Memory and disk for the bodies of one token. What the gateway itself makes counts for
    /// nobody.
    pub per_token: u64,
    /// Disk that must stay free for others. It is asked of the file system whenever bytes are
    /// written.
    pub min_free: u64,
}

/// Where a body's bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Medium {
    Memory,
    Disk,
}

/// Counts what all bodies take, and refuses what would go over the limits. Any thread may use it.
/// Nothing waits for room: what finds none is refused at once.
#[derive(Debug)]
pub struct SpoolBudget {
    limits: SpoolLimits,
    dir: PathBuf,
    used: Mutex<UsedBytes>,
}

#[derive(Debug, Default)]
struct UsedBytes {
    memory: u64,
    disk: u64,
    by_owner: HashMap<TokenId, u64>,
}

impl SpoolBudget {
    /// Returns a budget whose files live in `dir`, which is made if it is missing. Files that a
    /// former run left there have no names, so there is nothing to clean up. The folder's
    /// permissions are left as they are.
    pub fn new(limits: SpoolLimits, dir: &Path) -> io::Result<Arc<Self>> {
        fs::create_dir_all(dir)?;
        Ok(Arc::new(Self { limits, dir: dir.to_owned(), used: Mutex::default() }))
    }

    /// Says whether a body of `expected` bytes would find room now.
    ///
    /// Nothing is set aside: it is for refusing early what would be refused anyway. It may ask the
    /// file system, which is quick but not free.
    pub fn has_room(&self, owner: Option<&TokenId>, expected: u64) -> bool {
        let used = self.used();
        if !used.owner_has_room(owner, expected, &self.limits) {
            return false;
        }
        let in_memory =
            expected <= MEMORY_PER_BODY && used.has_room(Medium::Memory, expected, &self.limits);
        let on_disk = used.has_room(Medium::Disk, expected, &self.limits);
        // The file system is asked without the lock.
        drop(used);
        in_memory || (on_disk && self.disk_stays_free(expected))
    }

    /// Returns the memory and the disk that bodies take now, in bytes. It counts what is set aside,
    /// which may be more than what has arrived.
    pub fn in_use(&self) -> (u64, u64) {
        let used = self.used();
        (used.memory, used.disk)
    }

    /// Returns what the bodies of `owner` take now, in bytes.
    pub fn in_use_by(&self, owner: &TokenId) -> u64 {
        self.used().by_owner.get(owner).copied().unwrap_or(0)
    }

    /// Says whether the disk keeps its free part after `more` bytes.
    ///
    /// A file system that does not tell is taken to be full: better to refuse a body than to fill
    /// the disk that the record is kept on.
    pub(super) fn disk_stays_free(&self, more: u64) -> bool {
        let Ok(free) = free_space(&self.dir) else { return false };
        free >= self.limits.min_free.saturating_add(more)
    }

    /// Returns a new file that has no name and vanishes when it is closed. A crash leaves nothing
    /// of it.
    pub(super) fn file(&self) -> io::Result<fs::File> {
        tempfile::tempfile_in(&self.dir)
    }

    /// Takes all of `bytes` or nothing, and says whether it did.
    pub(super) fn take(&self, medium: Medium, owner: Option<&TokenId>, bytes: u64) -> bool {
        let mut used = self.used();
        let fits = used.has_room(medium, bytes, &self.limits)
            && used.owner_has_room(owner, bytes, &self.limits);
        if fits {
            *used.medium_mut(medium) += bytes;
            used.add_to_owner(owner, bytes);
        }
        fits
    }

    /// Gives back what was taken; only a `Share` calls it, once for each byte.
    pub(super) fn give_back(&self, medium: Medium, owner: Option<&TokenId>, bytes: u64) {
        let mut used = self.used();
        let of = used.medium_mut(medium);
        *of = of.saturating_sub(bytes);
        used.take_from_owner(owner, bytes);
    }

    /// Moves `bytes` from memory to disk; the owner's part stays as it is. Says whether there was
    /// room; nothing moves where there was none.
    pub(super) fn move_to_disk(&self, bytes: u64) -> bool {
        let mut used = self.used();
        let fits = used.has_room(Medium::Disk, bytes, &self.limits);
        if fits {
            used.memory = used.memory.saturating_sub(bytes);
            used.disk += bytes;
        }
        fits
    }

    fn used(&self) -> MutexGuard<'_, UsedBytes> {
        self.used.lock()
    }
}

impl UsedBytes {
    /// Returns what is taken of a medium.
    fn medium_mut(&mut self, medium: Medium) -> &mut u64 {
        match medium {
            Medium::Memory => &mut self.memory,
            Medium::Disk => &mut self.disk,
        }
    }

    /// Says whether `bytes` more stay within what all bodies may take there.
    fn has_room(&self, medium: Medium, bytes: u64, limits: &SpoolLimits) -> bool {
        let (used, limit) = match medium {
            Medium::Memory => (self.memory, limits.memory),
            Medium::Disk => (self.disk, limits.disk),
        };
        bytes <= limit.saturating_sub(used)
    }

    /// Says whether `bytes` more stay within what one token may take; always, where nobody is
    /// counted.
    fn owner_has_room(&self, owner: Option<&TokenId>, bytes: u64, limits: &SpoolLimits) -> bool {
        let Some(owner) = owner else { return true };
        let used = self.by_owner.get(owner).copied().unwrap_or(0);
        bytes <= limits.per_token.saturating_sub(used)
    }

    /// Counts `bytes` more for an owner, if there is one.
    fn add_to_owner(&mut self, owner: Option<&TokenId>, bytes: u64) {
        let Some(owner) = owner.filter(|_| bytes > 0) else { return };
        match self.by_owner.get_mut(owner) {
            Some(used) => *used += bytes,
            // The name is copied only here, for the first body, and not for each piece.
            None => drop(self.by_owner.insert(owner.clone(), bytes)),
        }
    }

    /// Counts `bytes` less for an owner, never below zero.
    fn take_from_owner(&mut self, owner: Option<&TokenId>, bytes: u64) {
        let Some(owner) = owner else { return };
        let Some(used) = self.by_owner.get_mut(owner) else { return };
        *used = used.saturating_sub(bytes);
        // Or every token that ever sent a body would be remembered for good.
        if *used == 0 {
            self.by_owner.remove(owner);
        }
    }
}
