//! What one body takes from the budget.

use super::budget::{Medium, SpoolBudget};
use crate::domain::TokenId;
use std::sync::Arc;

/// One body's part of the budget, given back when it is dropped. It never holds more than its
/// budget granted, and what it took is counted for one owner throughout.
#[derive(Debug)]
pub(super) struct Share {
    budget: Arc<SpoolBudget>,
    owner: Option<TokenId>,
    memory: u64,
    disk: u64,
}

impl Share {
    /// Returns a share of nothing yet, for a body of `owner`.
    pub(super) fn new(budget: Arc<SpoolBudget>, owner: Option<TokenId>) -> Self {
        Self { budget, owner, memory: 0, disk: 0 }
    }

    /// Returns the budget that it is a part of.
    pub(super) fn budget(&self) -> &SpoolBudget {
        &self.budget
    }

    /// Says whether somebody else than the gateway itself sends the body.
    pub(super) fn is_owned(&self) -> bool {
        self.owner.is_some()
    }

    /// Returns the bytes of memory that are taken, which may be more than the body has yet.
    pub(super) fn memory(&self) -> u64 {
        self.memory
    }

    /// Takes so many bytes more of memory, all or none, and says whether it did.
    #[must_use]
    pub(super) fn take_memory(&mut self, bytes: u64) -> bool {
        let taken = self.budget.take(Medium::Memory, self.owner.as_ref(), bytes);
        self.memory += if taken { bytes } else { 0 };
        taken
    }

    /// Takes so many bytes more of disk, all or none, and says whether it did.
    #[must_use]
    pub(super) fn take_disk(&mut self, bytes: u64) -> bool {
        let taken = self.budget.take(Medium::Disk, self.owner.as_ref(), bytes);
        self.disk += if taken { bytes } else { 0 };
        taken
    }

    /// Lowers the memory taken to `bytes`. It never raises it.
    pub(super) fn keep_memory(&mut self, bytes: u64) {
        let spare = self.memory.saturating_sub(bytes);
        self.budget.give_back(Medium::Memory, self.owner.as_ref(), spare);
        self.memory -= spare;
    }

    /// Turns all memory taken into disk taken. Where the disk has no room all of it stays memory.
    #[must_use]
    pub(super) fn move_to_disk(&mut self) -> bool {
        let moved = self.budget.move_to_disk(self.memory);
        if moved {
            self.disk += self.memory;
            self.memory = 0;
        }
        moved
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.give_back(Medium::Memory, self.owner.as_ref(), self.memory);
        self.budget.give_back(Medium::Disk, self.owner.as_ref(), self.disk);
    }
}
