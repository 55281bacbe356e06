//! How long keys are in service.

use super::{Keys, ManagedSlot};
use crate::domain::{AccountName, EnvironmentName, Timestamp};
use std::sync::Arc;

/// A key in service, and since when it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyAge {
    /// Its account.
    pub account: AccountName,
    /// The environments that use it.
    pub environments: Vec<EnvironmentName>,
    /// Its last four characters.
    pub version: Box<str>,
    /// When it was taken into service.
    pub adopted_at: Timestamp,
}

impl Keys {
    /// Returns the keys in service, each with its age. The simulator's are not among them.
    pub fn ages(&self) -> Vec<KeyAge> {
        let state = self.state();
        let age = |kept: &Arc<ManagedSlot>| {
            let tag: Box<str> = kept.slot.current(|key| key.tag().into());
            let known = state.book.get(&(kept.account.clone(), tag))?;
            Some(KeyAge {
                account: kept.account.clone(),
                environments: kept.environments.clone(),
                version: known.version.clone(),
                adopted_at: known.adopted_at,
            })
        };
        self.0.kept.load().iter().filter_map(age).collect()
    }
}
