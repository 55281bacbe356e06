//! All that a registry keeps at one moment.

use super::registered::Registered;
use crate::{
    domain::TokenDigest,
    store::{Reader, StoreError},
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// What a lookup sees; never changed, only replaced.
#[derive(Debug, Clone)]
pub struct RegistrySnapshot<R: Registered> {
    by_id: BTreeMap<R::Id, Arc<R>>,
    by_digest: HashMap<TokenDigest, R::Id>,
}

impl<R: Registered> RegistrySnapshot<R> {
    /// Returns the snapshot of what the store holds.
    pub(super) fn read(reader: &Reader) -> Result<Self, StoreError> {
        let mut snapshot = Self { by_id: BTreeMap::new(), by_digest: HashMap::new() };
        R::read_all(reader)?.into_iter().for_each(|one| snapshot.insert(one));
        Ok(snapshot)
    }

    /// Returns the one with that secret.
    pub fn by_digest(&self, digest: &TokenDigest) -> Option<&Arc<R>> {
        self.by_digest.get(digest).and_then(|id| self.by_id(id))
    }

    /// Returns the one of that id.
    pub fn by_id(&self, id: &R::Id) -> Option<&Arc<R>> {
        self.by_id.get(id)
    }

    /// Returns all, oldest first.
    pub fn all(&self) -> impl Iterator<Item = &Arc<R>> {
        self.by_id.values()
    }

    /// Returns the snapshot after some were made or changed; secrets that they have no more find
    /// nothing.
    pub(super) fn with(&self, changed: impl IntoIterator<Item = R>) -> Self {
        // Copied whole for each change: changes are rare, and lookups must never wait for one.
        let mut next = self.clone();
        changed.into_iter().for_each(|one| next.insert(one));
        next
    }

    /// Returns the snapshot after some were forgotten; their secrets find nothing.
    pub(super) fn without(&self, gone: &[R::Id]) -> Self {
        let mut next = self.clone();
        for one in gone.iter().filter_map(|id| next.by_id.remove(id)) {
            one.digests().for_each(|digest| drop(next.by_digest.remove(&digest)));
        }
        next
    }

    /// Returns the snapshot with what memory alone knows from the one before.
    pub(super) fn resumed(self, before: &Self) -> Self {
        for (id, one) in &self.by_id {
            before.by_id(id).into_iter().for_each(|before| one.resume(before));
        }
        self
    }

    fn insert(&mut self, one: R) {
        let id = one.id().clone();
        for digest in self.by_id.get(&id).iter().flat_map(|before| before.digests()) {
            self.by_digest.remove(&digest);
        }
        self.by_digest.extend(one.digests().map(|digest| (digest, id.clone())));
        self.by_id.insert(id, Arc::new(one));
    }
}
