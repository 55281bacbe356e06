//! All tokens at one moment, found by digest or by id.

use crate::domain::{Token, TokenDigest, TokenId};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// What a lookup sees; never changed, only replaced.
#[derive(Debug, Clone, Default)]
pub(super) struct Snapshot {
    by_id: BTreeMap<TokenId, Arc<Token>>,
    by_digest: HashMap<TokenDigest, TokenId>,
}

impl Snapshot {
    /// Returns the snapshot of what the store holds.
    pub(super) fn of(stored: Vec<(Token, Vec<TokenDigest>)>) -> Self {
        let mut snapshot = Self::default();
        for (token, digests) in stored {
            for digest in digests {
                snapshot.by_digest.insert(digest, token.id.clone());
            }
            snapshot.by_id.insert(token.id.clone(), Arc::new(token));
        }
        snapshot
    }

    /// Returns the token with that secret.
    pub(super) fn by_digest(&self, digest: &TokenDigest) -> Option<&Arc<Token>> {
        self.by_digest.get(digest).and_then(|id| self.by_id.get(id))
    }

    /// Returns the token of that name.
    pub(super) fn by_id(&self, id: &TokenId) -> Option<&Arc<Token>> {
        self.by_id.get(id)
    }

    /// Returns all tokens, oldest first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Token>> {
        self.by_id.values()
    }

    /// Returns the snapshot after a token was made or changed.
    pub(super) fn with(&self, token: &Arc<Token>, digest: Option<TokenDigest>) -> Self {
        let mut next = self.clone();
        next.by_id.insert(token.id.clone(), Arc::clone(token));
        if let Some(digest) = digest {
            next.by_digest.insert(digest, token.id.clone());
        }
        next
    }
}
