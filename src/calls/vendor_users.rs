//! Which user of the vendor's each account's webhooks name.

use crate::domain::{AccountName, VendorUser};
use parking_lot::{Mutex, MutexGuard};
use std::collections::BTreeMap;

/// The users that accounts are held to because a webhook named them first.
#[derive(Debug, Default)]
pub(super) struct VendorUsers(Mutex<BTreeMap<AccountName, Box<str>>>);

/// What a user is to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UserState {
    /// The one that it is held to.
    Known,
    /// The first that is named; the account is to be held to it.
    First,
    /// Another one.
    Other,
}

impl VendorUsers {
    /// Takes up what was kept.
    pub(super) fn restore(&self, users: &[VendorUser]) {
        self.lock().extend(users.iter().map(|kept| (kept.account.clone(), kept.user.clone())));
    }

    /// Holds an account to a user.
    pub(super) fn pin(&self, pin: &VendorUser) {
        self.lock().entry(pin.account.clone()).or_insert_with(|| pin.user.clone());
    }

    /// Says what `user` is to an account; what the settings say comes before what was kept.
    pub(super) fn standing(
        &self,
        account: &AccountName,
        set: Option<&str>,
        user: &str,
    ) -> UserState {
        let kept = self.lock().get(account).cloned();
        match set.or(kept.as_deref()) {
            None => UserState::First,
            Some(known) if known == user => UserState::Known,
            Some(_) => UserState::Other,
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<AccountName, Box<str>>> {
        self.0.lock()
    }
}
