//! The life of tokens: made, found, switched off.

use super::{
    change::{TokenChange, TokenWriter, as_json, find, find_not_revoked},
    error::TokensError,
    known_token::KnownToken,
    mandate::Mandate,
    new_token::NewToken,
    plain::PlainToken,
    production::{gain, gains_of_new, loses_last_budget, may_give},
    refusal::TokenRefusal,
    secret::{KeptSecret, PresentedToken},
    taken_names::TakenNames,
    validate::validate,
};
use crate::{
    config::{LiveSettings, Settings},
    domain::{
        Action, Clock, SecretKind, Timestamp, Token, TokenDigest, TokenId, TokenSecret, TokenState,
    },
    registry::Registry,
    store::{Journal, Reader},
    tasks::Tasks,
};
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::watch;

/// All tokens of the gateway; clones share them. Lookups read a snapshot in memory and never wait.
#[derive(Debug, Clone)]
pub struct Tokens {
    pub(super) registry: Registry<KnownToken>,
    pub(super) settings: LiveSettings,
    pub(super) reader: Reader,
    pub(super) tasks: Tasks,
}

impl Tokens {
    /// Loads the tokens from the store; reads a file, so it is called before the gateway serves.
    pub fn load(
        journal: Journal,
        reader: Reader,
        clock: Arc<dyn Clock>,
        settings: LiveSettings,
        tasks: Tasks,
    ) -> Result<Self, TokensError> {
        let registry = Registry::load(journal, reader.clone(), clock, tasks.clone());
        Ok(Self { registry: registry.map_err(TokensError::Store)?, settings, reader, tasks })
    }

    /// Returns the token with the secret that a client presented, if it may be used now, and which
    /// secret it was. Notes the use in memory.
    pub fn authenticate(&self, presented: &str) -> Result<PresentedToken, TokenRefusal> {
        SecretKind::Client.check(presented).map_err(|_| TokenRefusal::Malformed)?;
        let digest = TokenDigest::from_secret(presented);
        let snapshot = self.registry.snapshot();
        let known = snapshot.by_digest(&digest).ok_or(TokenRefusal::Unknown)?;
        let secret = known.secret_of(&digest).ok_or(TokenRefusal::Unknown)?;
        let now = self.registry.now();
        let token = usable(&known.token, secret, now)?;
        secret.use_at(now);
        Ok(PresentedToken { token, secret: secret.presented() })
    }

    /// Returns the token as it is now, if it may still be used with the secret that was presented:
    /// asked again just before sending.
    pub fn recheck(&self, id: &TokenId, secret: u32) -> Result<Arc<Token>, TokenRefusal> {
        let snapshot = self.registry.snapshot();
        let known = snapshot.by_id(id).ok_or(TokenRefusal::Unknown)?;
        let Some(secret) = known.secret(secret) else {
            return Err(TokenRefusal::Replaced(Arc::clone(&known.token), secret));
        };
        usable(&known.token, secret, self.registry.now())
    }

    /// Returns all tokens, oldest first.
    pub fn list(&self) -> Vec<Arc<Token>> {
        self.registry.snapshot().all().map(|known| Arc::clone(&known.token)).collect()
    }

    /// Returns one token, usable or not.
    pub fn show(&self, id: &TokenId) -> Result<Arc<Token>, TokensError> {
        Ok(Arc::clone(&find(&self.registry, id)?.token))
    }

    /// Returns a counter that goes up after each change, so that those who wait can look again.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.registry.changes()
    }

    /// Runs work while no token changes; changes that are asked for meanwhile wait for it.
    pub async fn while_none_changes<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, TokensError> {
        let held = self.registry.change("tokens held", |turn| async move {
            let done = work.await;
            drop(turn);
            done
        });
        held.await.map_err(|_| TokensError::Stopping)
    }

    /// Returns the tokens of production that may spend, that a budget limits now, and that none would limit with
    /// other settings. Tokens that ended, and those that are to have no budget, are not among them.
    pub fn left_without_budget(&self, other: &Settings) -> Vec<Arc<Token>> {
        let (now, settings) = (self.registry.now(), self.settings.now());
        let mut tokens = self.list();
        tokens.retain(|token| {
            let has_ended = token.state == TokenState::Revoked || token.expires_at <= now;
            !has_ended && loses_last_budget(token, &settings, other)
        });
        tokens
    }

    /// Makes a token. It is on record and usable when this returns; its secret is never seen again.
    pub async fn create(
        &self,
        new: NewToken,
        by: impl Into<Mandate>,
    ) -> Result<(PlainToken, Arc<Token>), TokensError> {
        let (mandate, live) = (by.into(), self.settings.clone());
        self.change(move |writer| async move {
            let settings = live.now();
            let (now, names) = (writer.now(), TakenNames::among(&writer.snapshot(), writer.now()));
            let token = validate(new, &names, &settings, now).map_err(TokensError::Invalid)?;
            may_give(&mandate, &token.environment, &settings, &gains_of_new(&token, &settings))?;
            let plain = PlainToken::mint(&token.environment)?;
            let (number, digest) = (TokenSecret::FIRST, plain.digest());
            let change = TokenChange {
                action: Action::TokenCreate,
                by: mandate.by,
                before: Value::Null,
                after: as_json(&token),
                secrets: vec![TokenSecret { number, digest, made_at: now, ends_at: None }],
                token: Arc::new(token),
            };
            Ok((plain, change.commit(writer).await?))
        })
        .await
    }

    /// Enables, disables or revokes a token; in force here when this returns. Revoked is final.
    pub async fn set_state(
        &self,
        id: &TokenId,
        state: TokenState,
        by: impl Into<Mandate>,
    ) -> Result<Arc<Token>, TokensError> {
        let (id, mandate, settings) = (id.clone(), by.into(), self.settings.clone());
        self.change(move |writer| async move {
            let old = Arc::clone(&find(&writer, &id)?.token);
            // Before it is asked whether it was revoked: to revoke twice is no mistake.
            if old.state == state {
                return Ok(old);
            }
            find_not_revoked(&writer, &id)?;
            if state == TokenState::Enabled {
                let gains = [gain("state", "the token is disabled")];
                may_give(&mandate, &old.environment, &settings.now(), &gains)?;
            }
            let revoked_at = (state == TokenState::Revoked).then(|| writer.now());
            let token = Token { state, revoked_at, ..(*old).clone() };
            TokenChange::to(action(state), mandate.by, &old, token).commit(writer).await
        })
        .await
    }

    /// Runs a change when its turn has come; nobody who hangs up can cut it in two.
    pub(super) async fn change<T, W>(
        &self,
        change: impl FnOnce(TokenWriter) -> W + Send + 'static,
    ) -> Result<T, TokensError>
    where
        T: Send + 'static,
        W: Future<Output = Result<T, TokensError>> + Send + 'static,
    {
        let done = self.registry.change("token.change", change).await;
        done.map_err(|_| TokensError::Stopping)?
    }
}

fn action(state: TokenState) -> Action {
    match state {
        TokenState::Enabled => Action::TokenEnable,
        TokenState::Disabled => Action::TokenDisable,
        TokenState::Revoked => Action::TokenRevoke,
    }
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
