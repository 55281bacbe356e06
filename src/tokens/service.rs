//! The life of tokens: made, found, switched off.

use super::{
    error::TokensError,
    new_token::NewToken,
    plain::{self, PlainToken},
    refusal::TokenRefusal,
    shape,
    snapshot::Snapshot,
    validate::{Environments, validate},
};
use crate::{
    domain::{
        AuditRecord, Bundle, Clock, Effect, Principal, StoredToken, Token, TokenDigest, TokenId,
        TokenState,
    },
    store::{Journal, JournalHealth, Reader},
    tasks::Tasks,
};
use arc_swap::ArcSwap;
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};

/// All tokens of the gateway; clones share them. Lookups read a snapshot in memory and never wait.
#[derive(Debug, Clone)]
pub struct Tokens(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    snapshot: ArcSwap<Snapshot>,
    version: watch::Sender<u64>,
    /// One change at a time, so that changes are swapped in in the order of the record.
    turn: Semaphore,
    journal: Journal,
    reader: Reader,
    clock: Arc<dyn Clock>,
    environments: Arc<Environments>,
    tasks: Tasks,
}

impl Tokens {
    /// Loads the tokens from the store; reads a file, so it is called before the gateway serves.
    pub fn load(
        journal: Journal,
        reader: Reader,
        clock: Arc<dyn Clock>,
        environments: Arc<Environments>,
        tasks: Tasks,
    ) -> Result<Self, TokensError> {
        let stored = reader.tokens().map_err(TokensError::Store)?;
        Ok(Self(Arc::new(Inner {
            snapshot: ArcSwap::from_pointee(Snapshot::of(stored)),
            version: watch::Sender::new(0),
            turn: Semaphore::new(1),
            journal,
            reader,
            clock,
            environments,
            tasks,
        })))
    }

    /// Returns the token with the secret that a client presented, if it may be used now.
    pub fn authenticate(&self, presented: &str) -> Result<Arc<Token>, TokenRefusal> {
        shape::check(presented).map_err(|_| TokenRefusal::Malformed)?;
        let snapshot = self.0.snapshot.load();
        let token = snapshot.by_digest(&plain::digest(presented));
        self.usable(token.ok_or(TokenRefusal::Unknown)?)
    }

    /// Returns the token as it is now, if it may still be used: asked again just before sending.
    pub fn recheck(&self, id: &TokenId) -> Result<Arc<Token>, TokenRefusal> {
        let snapshot = self.0.snapshot.load();
        self.usable(snapshot.by_id(id).ok_or(TokenRefusal::Unknown)?)
    }

    fn usable(&self, token: &Arc<Token>) -> Result<Arc<Token>, TokenRefusal> {
        let token = Arc::clone(token);
        match token.state {
            TokenState::Revoked => Err(TokenRefusal::Revoked(token)),
            TokenState::Disabled => Err(TokenRefusal::Disabled(token)),
            TokenState::Enabled if token.expires_at <= self.0.clock.now() => {
                Err(TokenRefusal::Expired(token))
            }
            TokenState::Enabled => Ok(token),
        }
    }

    /// Returns all tokens, oldest first.
    pub fn list(&self) -> Vec<Arc<Token>> {
        self.0.snapshot.load().all().cloned().collect()
    }

    /// Returns one token, usable or not.
    pub fn show(&self, id: &TokenId) -> Result<Arc<Token>, TokensError> {
        let snapshot = self.0.snapshot.load();
        snapshot.by_id(id).cloned().ok_or_else(|| TokensError::Unknown(id.clone()))
    }

    /// Returns a counter that goes up after each change, so that those who wait can look again.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.version.subscribe()
    }

    /// Waits until a token may no longer be used.
    pub async fn withdrawn(&self, id: &TokenId) -> TokenRefusal {
        let mut changes = self.changes();
        loop {
            if let Err(refusal) = self.recheck(id) {
                return refusal;
            }
            if changes.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Makes a token. It is on record and usable when this returns; its secret is never seen again.
    pub async fn create(
        &self,
        new: NewToken,
        by: &Principal,
    ) -> Result<(PlainToken, Arc<Token>), TokensError> {
        let now = self.0.clock.now();
        let token = validate(new, &self.0.environments, now).map_err(TokensError::Invalid)?;
        let plain = PlainToken::mint(&token.environment)?;
        let change = Change {
            action: "token.create",
            by: by.clone(),
            before: Value::Null,
            digest: Some(plain.digest()),
            token: Arc::new(token),
        };
        let inner = Arc::clone(&self.0);
        let made = self.run(async move {
            let _turn = inner.turn.acquire().await;
            inner.commit(change).await
        });
        Ok((plain, made.await?))
    }

    /// Enables, disables or revokes a token; in force here when this returns. Revoked is final.
    pub async fn set_state(
        &self,
        id: &TokenId,
        state: TokenState,
        by: &Principal,
    ) -> Result<Arc<Token>, TokensError> {
        let (inner, id, by) = (Arc::clone(&self.0), id.clone(), by.clone());
        self.run(async move { inner.set_state(&id, state, by).await }).await
    }

    /// Runs a change as work of its own: an operator who hangs up between the commit and the swap
    /// must not leave a token revoked on record and alive in memory.
    async fn run<F>(&self, change: F) -> Result<Arc<Token>, TokensError>
    where
        F: Future<Output = Result<Arc<Token>, TokensError>> + Send + 'static,
    {
        let done = self.0.tasks.finish("token.change", change).await;
        let done = done.map_err(|_| TokensError::Stopping)?;
        if matches!(done, Err(TokensError::Journal(_))) {
            self.reload_when_good();
        }
        done
    }

    /// Loads the tokens again once the journal works again: a commit that failed in the very act
    /// may be in all the same, and a token that is revoked on record must not live in memory.
    fn reload_when_good(&self) {
        let inner = Arc::clone(&self.0);
        self.0.tasks.stand("token.reload", async move {
            let mut health = inner.journal.health();
            if health.wait_for(|health| *health == JournalHealth::Good).await.is_err() {
                return;
            }
            let _turn = inner.turn.acquire().await;
            let reader = inner.reader.clone();
            match inner.tasks.block(move || reader.tokens()).await {
                Ok(Ok(stored)) => inner.swap(Snapshot::of(stored)),
                Ok(Err(error)) => tracing::error!(%error, "the tokens could not be read again"),
                Err(_stopping) => {}
            }
        });
    }
}

/// A change that is decided and not yet on record.
struct Change {
    action: &'static str,
    by: Principal,
    before: Value,
    token: Arc<Token>,
    digest: Option<TokenDigest>,
}

impl Inner {
    async fn set_state(
        &self,
        id: &TokenId,
        state: TokenState,
        by: Principal,
    ) -> Result<Arc<Token>, TokensError> {
        let _turn = self.turn.acquire().await;
        let found = self.snapshot.load().by_id(id).cloned();
        let old = found.ok_or_else(|| TokensError::Unknown(id.clone()))?;
        if old.state == state {
            return Ok(old);
        }
        if old.state == TokenState::Revoked {
            return Err(TokensError::RevokedIsFinal(id.clone()));
        }
        let token = Arc::new(Token { state, ..(*old).clone() });
        let before = as_json(&old);
        self.commit(Change { action: action(state), by, before, token, digest: None }).await
    }

    /// Commits, then swaps in, then tells those who wait.
    async fn commit(&self, change: Change) -> Result<Arc<Token>, TokensError> {
        let Change { action, by, before, token, digest } = change;
        let (now, id) = (self.clock.now(), token.id.as_str());
        let record = AuditRecord::change(now, by, action, id, before, as_json(&token));
        let stored = StoredToken { token: (*token).clone(), digest };
        let bundle = Bundle::record(record).with(Effect::SaveToken(Box::new(stored)));
        self.journal.commit(bundle).await.map_err(TokensError::Journal)?;
        self.swap(self.snapshot.load().with(&token, digest));
        Ok(token)
    }

    fn swap(&self, snapshot: Snapshot) {
        self.snapshot.store(Arc::new(snapshot));
        self.version.send_modify(|version| *version += 1);
    }
}

fn action(state: TokenState) -> &'static str {
    match state {
        TokenState::Enabled => "token.enable",
        TokenState::Disabled => "token.disable",
        TokenState::Revoked => "token.revoke",
    }
}

fn as_json(token: &Token) -> Value {
    serde_json::to_value(token).unwrap_or(Value::Null)
}
