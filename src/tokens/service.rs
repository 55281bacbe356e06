//! The life of tokens: made, found, switched off.

use super::{
    error::TokensError,
    new_token::NewToken,
    plain::{self, PlainToken},
    refusal::TokenRefusal,
    secret::{KeptSecret, PresentedToken},
    shape,
    snapshot::TokenSnapshot,
    validate::{EnvironmentCeilings, validate},
};
use crate::{
    domain::{
        Action, Actor, AuditRecord, Bundle, Clock, Effect, StoredToken, Timestamp, Token, TokenId,
        TokenSecret, TokenState,
    },
    store::{Journal, JournalError, JournalHealth, Reader},
    tasks::Tasks,
};
use arc_swap::ArcSwap;
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};

/// All tokens of the gateway; clones share them. Lookups read a snapshot in memory and never wait.
#[derive(Debug, Clone)]
pub struct Tokens(pub(super) Arc<TokensInner>);

#[derive(Debug)]
pub(super) struct TokensInner {
    pub(super) snapshot: ArcSwap<TokenSnapshot>,
    version: watch::Sender<u64>,
    /// One change at a time, so that changes are swapped in in the order of the record.
    pub(super) turn: Semaphore,
    journal: Journal,
    reader: Reader,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) environments: Arc<EnvironmentCeilings>,
    pub(super) tasks: Tasks,
}

impl Tokens {
    /// Loads the tokens from the store; reads a file, so it is called before the gateway serves.
    pub fn load(
        journal: Journal,
        reader: Reader,
        clock: Arc<dyn Clock>,
        environments: Arc<EnvironmentCeilings>,
        tasks: Tasks,
    ) -> Result<Self, TokensError> {
        let stored = reader.tokens().map_err(TokensError::Store)?;
        Ok(Self(Arc::new(TokensInner {
            snapshot: ArcSwap::from_pointee(TokenSnapshot::of(stored)),
            version: watch::Sender::new(0),
            turn: Semaphore::new(1),
            journal,
            reader,
            clock,
            environments,
            tasks,
        })))
    }

    /// Returns the token with the secret that a client presented, if it may be used now, and which
    /// secret it was. Notes the use in memory.
    pub fn authenticate(&self, presented: &str) -> Result<PresentedToken, TokenRefusal> {
        shape::check(presented).map_err(|_| TokenRefusal::Malformed)?;
        let snapshot = self.0.snapshot.load();
        let found = snapshot.by_digest(&plain::digest(presented));
        let (token, secret) = found.ok_or(TokenRefusal::Unknown)?;
        let now = self.0.clock.now();
        let token = usable(token, secret, now)?;
        secret.use_at(now);
        Ok(PresentedToken { token, secret: secret.presented() })
    }

    /// Returns the token as it is now, if it may still be used with the secret that was presented:
    /// asked again just before sending.
    pub fn recheck(&self, id: &TokenId, secret: u32) -> Result<Arc<Token>, TokenRefusal> {
        let snapshot = self.0.snapshot.load();
        let token = snapshot.by_id(id).ok_or(TokenRefusal::Unknown)?;
        let Some(secret) = snapshot.secret(id, secret) else {
            return Err(TokenRefusal::Replaced(Arc::clone(token), secret));
        };
        usable(token, secret, self.0.clock.now())
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

    /// Asks now and after each change of any token, until the answer is no.
    pub async fn until_refused<E>(&self, check: impl Fn() -> Result<(), E>) -> E {
        let mut changes = self.changes();
        loop {
            if let Err(refusal) = check() {
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
        by: impl Into<Actor>,
    ) -> Result<(PlainToken, Arc<Token>), TokensError> {
        let now = self.0.clock.now();
        let token = validate(new, &self.0.environments, now).map_err(TokensError::Invalid)?;
        let plain = PlainToken::mint(&token.environment)?;
        let (number, digest) = (TokenSecret::FIRST, plain.digest());
        let change = TokenChange {
            action: Action::TokenCreate,
            by: by.into(),
            before: Value::Null,
            after: as_json(&token),
            secrets: vec![TokenSecret { number, digest, made_at: now, ends_at: None }],
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
        by: impl Into<Actor>,
    ) -> Result<Arc<Token>, TokensError> {
        let (inner, id, by) = (Arc::clone(&self.0), id.clone(), by.into());
        self.run(async move { inner.set_state(&id, state, by).await }).await
    }

    /// Runs a change as work of its own: an operator who hangs up between the commit and the swap
    /// must not leave a token revoked on record and alive in memory.
    pub(super) async fn run<F>(&self, change: F) -> Result<Arc<Token>, TokensError>
    where
        F: Future<Output = Result<Arc<Token>, TokensError>> + Send + 'static,
    {
        let done = self.0.tasks.spawn_tracked("token.change", change).await;
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
        self.0.tasks.spawn_background("token.reload", async move {
            let mut health = inner.journal.health();
            if health.wait_for(|health| *health == JournalHealth::Good).await.is_err() {
                return;
            }
            let _turn = inner.turn.acquire().await;
            let reader = inner.reader.clone();
            match inner.tasks.run_blocking(move || reader.tokens()).await {
                Ok(Ok(stored)) => {
                    let before = inner.snapshot.load();
                    inner.swap(TokenSnapshot::of(stored).used_as_in(&before));
                }
                Ok(Err(error)) => tracing::error!(%error, "the tokens could not be read again"),
                Err(_stopping) => {}
            }
        });
    }
}

/// A change that is decided and not yet on record.
pub(super) struct TokenChange {
    pub(super) action: Action,
    pub(super) by: Actor,
    pub(super) before: Value,
    pub(super) after: Value,
    pub(super) token: Arc<Token>,
    /// Secrets that are new or have another end.
    pub(super) secrets: Vec<TokenSecret>,
}

impl TokensInner {
    async fn set_state(
        &self,
        id: &TokenId,
        state: TokenState,
        by: Actor,
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
        let token = Token { state, ..(*old).clone() };
        self.commit(TokenChange::to(action(state), by, &old, token)).await
    }

    /// Commits, then swaps in, then tells those who wait.
    pub(super) async fn commit(&self, change: TokenChange) -> Result<Arc<Token>, TokensError> {
        let TokenChange { action, by, before, after, token, secrets } = change;
        let (now, id) = (self.clock.now(), token.id.as_str());
        let record = AuditRecord::change(now, by, action, id, before, after);
        let stored = StoredToken { token: (*token).clone() };
        let mut bundle = Bundle::record(record).with(Effect::SaveToken(Box::new(stored)));
        for secret in &secrets {
            bundle = bundle.with(Effect::SaveSecret(token.id.clone(), Box::new(*secret)));
        }
        self.journal.commit(bundle).await.map_err(TokensError::Journal)?;
        self.swap(TokenSnapshot::clone(&self.snapshot.load()).with(&token, &secrets));
        Ok(token)
    }

    /// Deletes secrets that ended by `until`; that they ended is on record already.
    pub(super) async fn forget_ended(&self, until: Timestamp) -> Result<(), JournalError> {
        let bundle = Bundle::default().with(Effect::ForgetSecrets(until));
        self.journal.commit(bundle).await?;
        self.swap(TokenSnapshot::clone(&self.snapshot.load()).without_ended(until));
        Ok(())
    }

    fn swap(&self, snapshot: TokenSnapshot) {
        self.snapshot.store(Arc::new(snapshot));
        self.version.send_modify(|version| *version += 1);
    }
}

impl TokenChange {
    /// Returns a change of the token itself, which leaves its secrets as they are.
    pub(super) fn to(action: Action, by: Actor, old: &Token, token: Token) -> Self {
        let (before, after) = (as_json(old), as_json(&token));
        Self { action, by, before, after, token: Arc::new(token), secrets: Vec::new() }
    }
}

fn action(state: TokenState) -> Action {
    match state {
        TokenState::Enabled => Action::TokenEnable,
        TokenState::Disabled => Action::TokenDisable,
        TokenState::Revoked => Action::TokenRevoke,
    }
}

pub(super) fn as_json(token: &Token) -> Value {
    serde_json::to_value(token).unwrap_or(Value::Null)
}

fn usable(
    token: &Arc<Token>,
    secret: &KeptSecret,
    now: Timestamp,
) -> Result<Arc<Token>, TokenRefusal> {
    let token = Arc::clone(token);
    match token.state {
        TokenState::Revoked => Err(TokenRefusal::Revoked(token)),
        TokenState::Disabled => Err(TokenRefusal::Disabled(token)),
        TokenState::Enabled if token.expires_at <= now => Err(TokenRefusal::Expired(token)),
        TokenState::Enabled if !secret.facts.is_alive(now) => {
            Err(TokenRefusal::Replaced(token, secret.facts.number))
        }
        TokenState::Enabled => Ok(token),
    }
}
