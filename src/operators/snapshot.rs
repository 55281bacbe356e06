//! All operators at one moment, found by digest or by id.

use crate::domain::{Operator, OperatorId, OperatorName, TokenDigest, TokenState};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// What a lookup sees; never changed, only replaced.
#[derive(Debug, Clone, Default)]
pub(super) struct OperatorSnapshot {
    by_id: BTreeMap<OperatorId, Arc<Operator>>,
    by_digest: HashMap<TokenDigest, OperatorId>,
}

impl OperatorSnapshot {
    /// Returns the snapshot of what the store holds.
    pub(super) fn of(stored: Vec<(Operator, TokenDigest)>) -> Self {
        let mut snapshot = Self::default();
        for (operator, digest) in stored {
            snapshot.by_digest.insert(digest, operator.id.clone());
            snapshot.by_id.insert(operator.id.clone(), Arc::new(operator));
        }
        snapshot
    }

    /// Returns the operator with that secret.
    pub(super) fn by_digest(&self, digest: &TokenDigest) -> Option<&Arc<Operator>> {
        self.by_digest.get(digest).and_then(|id| self.by_id.get(id))
    }

    /// Returns the operator of that id.
    pub(super) fn by_id(&self, id: &OperatorId) -> Option<&Arc<Operator>> {
        self.by_id.get(id)
    }

    /// Returns who has a name and was not revoked.
    pub(super) fn bearer_of(&self, name: &OperatorName) -> Option<&Arc<Operator>> {
        self.not_revoked().find(|operator| operator.name == *name)
    }

    /// Returns all operators that were not revoked.
    pub(super) fn not_revoked(&self) -> impl Iterator<Item = &Arc<Operator>> {
        self.all().filter(|operator| operator.state != TokenState::Revoked)
    }

    /// Returns all operators, oldest first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Operator>> {
        self.by_id.values()
    }

    /// Returns the snapshot after an operator was made or changed; a new secret ends the old one.
    pub(super) fn with(&self, operator: &Arc<Operator>, digest: Option<TokenDigest>) -> Self {
        let mut next = self.clone();
        if let Some(digest) = digest {
            next.by_digest.retain(|_, id| *id != operator.id);
            next.by_digest.insert(digest, operator.id.clone());
        }
        next.by_id.insert(operator.id.clone(), Arc::clone(operator));
        next
    }
}
