//! What calls cost, from their entries alone.

use super::Entry;
use crate::domain::{Action, CallId, Outcome, Timestamp, Usd};
use std::collections::{BTreeMap, HashSet};

/// What was charged for calls, and what is reserved for those whose charge is not known.
///
/// Budgets and reports say the same amounts, to the micro-dollar, whenever nothing is under way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// What was charged.
    pub charged: Usd,
    /// What is reserved.
    pub reserved: Usd,
}

impl Sums {
    /// Returns the sums of calls by a key; those that have none are left out. Entries of changes to
    /// money must be among `entries`, in the order of the record.
    pub fn by<K: Ord>(entries: &[Entry], key: impl Fn(&Entry) -> Option<K>) -> BTreeMap<K, Self> {
        let written_off = written_off(entries);
        let mut sums = BTreeMap::<K, Self>::new();
        for entry in entries.iter().filter(|entry| is_call(entry)) {
            let Some(key) = key(entry) else { continue };
            let of_call = entry.metadata.call_id.as_ref();
            let is_written_off = of_call.is_some_and(|call| written_off.contains(call));
            let sum = sums.entry(key).or_default();
            let one = if is_written_off { Self::default() } else { Self::of(entry) };
            sum.charged = sum.charged.plus(one.charged);
            sum.reserved = sum.reserved.plus(one.reserved);
        }
        sums
    }

    /// Returns the money of one call that was not written off.
    fn of(entry: &Entry) -> Self {
        let told = &entry.metadata;
        if let Some(charged) = told.cost_usd {
            return Self { charged, reserved: Usd::ZERO };
        }
        let is_over = matches!(told.outcome, Outcome::Refused | Outcome::Failed);
        let reserved = told.more.reserved_usd.filter(|_| !is_over).unwrap_or_default();
        Self { charged: Usd::ZERO, reserved }
    }
}

impl Entry {
    /// Returns the time in whose day and month the money of a call counts; entries of old records
    /// have none but that of their intent.
    pub fn counts_at(&self) -> Timestamp {
        self.metadata.more.opened_at.unwrap_or(self.timestamp)
    }
}

/// Changes that name a call are entries of their own, and no calls.
fn is_call(entry: &Entry) -> bool {
    entry.metadata.call_id.is_some() && entry.metadata.more.after.is_none()
}

/// Returns the calls whose last change of money is that they were written off.
fn written_off(entries: &[Entry]) -> HashSet<CallId> {
    let mut found = HashSet::new();
    for entry in entries {
        let Some(call) = &entry.metadata.call_id else { continue };
        match Action::find(&entry.action) {
            Some(Action::UsageWriteOff) => found.insert(call.clone()),
            Some(Action::UsageWriteOffUndo) => found.remove(call),
            _ => false,
        };
    }
    found
}
