//! What is held of a token or an operator, and what was given to it that it does not have.

use std::collections::BTreeMap;

/// Something as it was in the backup, and as it is by now.
#[derive(Debug, Clone)]
pub(super) struct SinceBackup<T> {
    /// As it was in the backup; `None` for what was made later.
    pub(super) first: Option<T>,
    /// As it is now.
    pub(super) now: T,
    /// What it does not have, with the record that last gave it.
    withheld: BTreeMap<Box<str>, (u64, Box<str>)>,
}

/// Something that records gave and that did not come back, since whoever took it away later is on no record
/// that is here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Withheld {
    /// The number of the record.
    pub record: u64,
    /// What was done.
    pub action: Box<str>,
    /// To what it was done.
    pub resource: Box<str>,
    /// What was given: fields of a token or operator, `secret` for a secret of which nobody has the digest,
    /// `state` for being switched on.
    pub fields: Vec<Box<str>>,
}

impl<T> SinceBackup<T> {
    /// Returns what the backup has.
    pub(super) fn of_backup(now: T) -> Self
    where
        T: Clone,
    {
        Self { first: Some(now.clone()), now, withheld: BTreeMap::new() }
    }

    /// Returns what was made after the backup.
    pub(super) fn made_later(now: T) -> Self {
        Self { first: None, now, withheld: BTreeMap::new() }
    }

    /// Notes what a record says it has and it has not. What is not among it any more was taken away since.
    pub(super) fn withhold(&mut self, fields: Vec<Box<str>>, (record, action): (u64, &str)) {
        self.withheld.retain(|field, _| fields.contains(field));
        for field in fields {
            self.withheld.entry(field).or_insert((record, action.into()));
        }
    }

    /// Says whether it does not have something that was given.
    pub(super) fn lacks(&self, field: &str) -> bool {
        self.withheld.contains_key(field)
    }

    /// Returns what it does not have, by record.
    pub(super) fn withheld(&self, resource: &str) -> Vec<Withheld> {
        let mut by_record: BTreeMap<u64, Withheld> = BTreeMap::new();
        for (field, (record, action)) in &self.withheld {
            let one = by_record.entry(*record).or_insert_with(|| Withheld {
                record: *record,
                action: action.clone(),
                resource: resource.into(),
                fields: Vec::new(),
            });
            one.fields.push(field.clone());
        }
        by_record.into_values().collect()
    }
}
