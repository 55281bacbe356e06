//! All tokens at one moment, found by digest or by id.

use super::secret::KeptSecret;
use crate::domain::{Timestamp, Token, TokenDigest, TokenId, TokenSecret};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// What a lookup sees; never changed, only replaced.
#[derive(Debug, Clone, Default)]
pub(super) struct TokenSnapshot {
    by_id: BTreeMap<TokenId, KnownToken>,
    by_digest: HashMap<TokenDigest, (TokenId, u32)>,
}

/// A token and its secrets by number, those that ended and are not forgotten too.
#[derive(Debug, Clone)]
struct KnownToken {
    token: Arc<Token>,
    secrets: Vec<KeptSecret>,
}

impl TokenSnapshot {
    /// Returns the snapshot of what the store holds.
    pub(super) fn of(stored: Vec<(Token, Vec<TokenSecret>)>) -> Self {
        let mut snapshot = Self::default();
        for (token, secrets) in stored {
            snapshot = snapshot.with(&Arc::new(token), &secrets);
        }
        snapshot
    }

    /// Returns the token with that secret, and the secret.
    pub(super) fn by_digest(&self, digest: &TokenDigest) -> Option<(&Arc<Token>, &KeptSecret)> {
        let (id, number) = self.by_digest.get(digest)?;
        self.by_id.get(id).map(|kept| &kept.token).zip(self.secret(id, *number))
    }

    /// Returns the token of that name.
    pub(super) fn by_id(&self, id: &TokenId) -> Option<&Arc<Token>> {
        self.by_id.get(id).map(|kept| &kept.token)
    }

    /// Returns all secrets of a token, by number.
    pub(super) fn secrets(&self, id: &TokenId) -> &[KeptSecret] {
        self.by_id.get(id).map(|kept| &*kept.secrets).unwrap_or_default()
    }

    /// Returns one secret of a token.
    pub(super) fn secret(&self, id: &TokenId, number: u32) -> Option<&KeptSecret> {
        self.secrets(id).iter().find(|secret| secret.facts.number == number)
    }

    /// Returns all tokens, oldest first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Token>> {
        self.by_id.values().map(|kept| &kept.token)
    }

    /// Returns the snapshot after a token was made or changed, with the secrets that are new or
    /// have another end now.
    pub(super) fn with(mut self, token: &Arc<Token>, changed: &[TokenSecret]) -> Self {
        let id = &token.id;
        let kept = self.by_id.entry(id.clone());
        let kept =
            kept.or_insert_with(|| KnownToken { token: Arc::clone(token), secrets: Vec::new() });
        kept.token = Arc::clone(token);
        for secret in changed {
            let own = |kept: &&mut KeptSecret| kept.facts.number == secret.number;
            match kept.secrets.iter_mut().find(own) {
                Some(known) => known.facts = *secret,
                None => kept.secrets.push(KeptSecret::new(*secret)),
            }
            self.by_digest.insert(secret.digest, (id.clone(), secret.number));
        }
        kept.secrets.sort_by_key(|secret| secret.facts.number);
        self
    }

    /// Returns the snapshot with what is known of uses from the one before.
    pub(super) fn used_as_in(self, before: &Self) -> Self {
        for (id, kept) in &self.by_id {
            for secret in &kept.secrets {
                if let Some(known) = before.secret(id, secret.facts.number) {
                    secret.take_uses_of(known);
                }
            }
        }
        self
    }

    /// Returns the snapshot without the secrets that ended by `until`.
    pub(super) fn without_ended(mut self, until: Timestamp) -> Self {
        let is_kept = |facts: &TokenSecret| facts.is_alive(until);
        for kept in self.by_id.values_mut() {
            kept.secrets.retain(|secret| is_kept(&secret.facts));
        }
        let by_id = std::mem::take(&mut self.by_id);
        let is_known = |id: &TokenId, number: u32| {
            by_id.get(id).is_some_and(|kept| kept.secrets.iter().any(|s| s.facts.number == number))
        };
        self.by_digest.retain(|_, (id, number)| is_known(id, *number));
        Self { by_id, ..self }
    }

    /// Says whether any secret ended by `until`.
    pub(super) fn has_ended(&self, until: Timestamp) -> bool {
        let mut secrets = self.by_id.values().flat_map(|kept| &kept.secrets);
        secrets.any(|secret| !secret.facts.is_alive(until))
    }
}
