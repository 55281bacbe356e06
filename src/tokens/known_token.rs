//! A token in the registry, with its secrets.

use super::secret::KeptSecret;
use crate::{
    domain::{Timestamp, Token, TokenDigest, TokenId, TokenSecret},
    registry::Registered,
    store::{KeptUse, Reader, StoreError},
};
use std::sync::Arc;

/// A token and its secrets by number, those that ended and are not forgotten too.
#[derive(Debug, Clone)]
pub(super) struct KnownToken {
    pub(super) token: Arc<Token>,
    pub(super) secrets: Vec<KeptSecret>,
}

impl Registered for KnownToken {
    type Id = TokenId;
    const PLURAL: &'static str = "tokens";
    const RELOAD_TASK: &'static str = "token.reload";

    fn read_all(reader: &Reader) -> Result<Vec<Self>, StoreError> {
        let stored = reader.tokens()?.into_iter();
        let known = |(token, secrets): (Token, Vec<KeptUse>)| Self {
            token: Arc::new(token),
            secrets: secrets.into_iter().map(|(own, last)| KeptSecret::new(own, last)).collect(),
        };
        Ok(stored.map(known).collect())
    }

    fn id(&self) -> &TokenId {
        &self.token.id
    }

    fn digests(&self) -> impl Iterator<Item = TokenDigest> {
        self.secrets.iter().map(|secret| secret.facts.digest)
    }

    fn resume(&self, before: &Self) {
        for secret in &self.secrets {
            if let Some(known) = before.secret(secret.facts.number) {
                secret.take_uses_of(known);
            }
        }
    }
}

impl KnownToken {
    /// Returns a token with secrets that were not used yet.
    pub(super) fn new(token: Arc<Token>, secrets: &[TokenSecret]) -> Self {
        Self { token: Arc::clone(&token), secrets: Vec::new() }.changed(token, secrets)
    }

    /// Returns one of its secrets.
    pub(super) fn secret(&self, number: u32) -> Option<&KeptSecret> {
        self.secrets.iter().find(|secret| secret.facts.number == number)
    }

    /// Returns the secret of its secrets that has that digest.
    pub(super) fn secret_of(&self, digest: &TokenDigest) -> Option<&KeptSecret> {
        self.secrets.iter().find(|secret| secret.facts.digest == *digest)
    }

    /// Returns what is stored of its secrets, by number.
    pub(super) fn facts(&self) -> Vec<TokenSecret> {
        self.secrets.iter().map(|secret| secret.facts).collect()
    }

    /// Returns it after a change, with the secrets that are new or have another end now.
    pub(super) fn changed(&self, token: Arc<Token>, changed: &[TokenSecret]) -> Self {
        let mut secrets = self.secrets.clone();
        for secret in changed {
            match secrets.iter_mut().find(|kept| kept.facts.number == secret.number) {
                Some(known) => known.facts = *secret,
                None => secrets.push(KeptSecret::new(*secret, None)),
            }
        }
        secrets.sort_by_key(|secret| secret.facts.number);
        Self { token, secrets }
    }

    /// Says whether any of its secrets ended by `until`.
    pub(super) fn has_ended(&self, until: Timestamp) -> bool {
        self.secrets.iter().any(|secret| !secret.facts.is_alive(until))
    }

    /// Returns it without the secrets that ended by `until`.
    pub(super) fn without_ended(&self, until: Timestamp) -> Self {
        let alive = self.secrets.iter().filter(|secret| secret.facts.is_alive(until));
        Self { token: Arc::clone(&self.token), secrets: alive.cloned().collect() }
    }
}
