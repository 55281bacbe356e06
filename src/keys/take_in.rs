//! Slots that come while the gateway runs, for environments that had no key of their account.

use super::{Keys, managed_slot::ManagedSlot};
use crate::{
    accounts::{AccountLink, ServingKey},
    config::MissingKey,
    domain::AccountName,
    upstream::Credential,
};
use std::sync::Arc;
use tokio::sync::watch;

impl Keys {
    /// Returns the key of an account in the form in which calls use it: the one in service, if it is the same.
    pub fn serve(
        &self,
        account: &AccountName,
        link: &AccountLink,
        credential: Credential,
    ) -> Arc<ServingKey> {
        let tag = self.0.tags.tag(&credential);
        self.serving(account, &tag).unwrap_or_else(|| {
            ServingKey::new(link.upstream.key(credential), tag, Arc::clone(&self.0.clock))
        })
    }

    /// Takes a slot in: its key is exchanged like all others from now on. Whether the key was retired was asked
    /// before, and its adoption is on record.
    pub fn take_in(&self, slot: &Arc<ManagedSlot>, reload: watch::Receiver<u64>) {
        self.0.kept.rcu(|kept| {
            let mut kept = Vec::clone(kept);
            kept.push(Arc::clone(slot));
            kept
        });
        self.watch_slot(slot, reload);
    }

    /// Takes note of which environments need a key and have none.
    pub fn set_missing(&self, missing: Vec<MissingKey>) {
        self.0.missing.store(Arc::new(missing));
    }
}
