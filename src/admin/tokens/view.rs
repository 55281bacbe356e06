//! How operators see a token.

use crate::{
    admin::{problem::Problem, state::AdminState},
    domain::{Timestamp, Token, TokenId, TokenLimits, Usd},
    ledger::{BudgetSubject, Period},
    store::{Reader, StoreError},
    tokens::{SecretStanding, least_privilege_words},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, slice, sync::Arc};
use utoipa::ToSchema;

/// A token; its secret is not known any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenView {
    /// Names the token everywhere, `tok_…`.
    pub id: String,
    /// What its makers call it.
    pub name: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The environment it works in.
    pub environment: String,
    /// What it was granted.
    pub scopes: Vec<String>,
    /// `enabled`, `disabled`, `revoked` or `expired`.
    pub state: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// From when on it is refused.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// Its own limits.
    pub limits: TokenLimits,
    /// When a request last came with any of its secrets and was let in.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
    /// What counts against its budget of today (UTC), in dollars.
    #[serde(default)]
    #[schema(value_type = String)]
    pub spent_today_usd: Usd,
    /// What counts against its budget of this month (UTC), in dollars.
    #[serde(default)]
    #[schema(value_type = String)]
    pub spent_month_usd: Usd,
    /// What it may spend today beyond its daily budget, in dollars.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub extra_today: Option<Usd>,
    /// Whether it was said that no budget of its own shall limit it.
    #[serde(default)]
    pub no_budget: bool,
    /// What it may and may not do, in sentences that follow its name.
    #[serde(default)]
    pub may: Vec<String>,
    /// Free words of its makers.
    pub metadata: BTreeMap<String, String>,
    /// Its secrets by number: the newest, the one it replaces while both work, and those that ended
    /// in the last 30 days.
    pub secrets: Vec<SecretView>,
}

/// A secret of a token; it is known by its number only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SecretView {
    /// Its number within the token, from 1 on.
    pub number: u32,
    /// Whether it opens the door as far as that is up to the secret.
    pub alive: bool,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub made_at: Timestamp,
    /// From when on it is refused; `null` means with the token.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ends_at: Option<Timestamp>,
    /// When a request last came with it and was let in.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
}

impl TokenView {
    /// Returns the token as it looks now.
    pub(super) async fn load(state: &AdminState, token: &Arc<Token>) -> Result<Self, Problem> {
        let secrets = SecretView::of_token(state, token).await?;
        Ok(Self::at(state, token, state.clock.now(), secrets))
    }

    /// Returns tokens as they look now.
    pub(super) async fn of_all(
        state: &AdminState,
        tokens: Vec<Arc<Token>>,
    ) -> Result<Vec<Self>, Problem> {
        let secrets = SecretView::of_tokens(state, &tokens).await?;
        let now = state.clock.now();
        Ok(tokens
            .iter()
            .zip(secrets)
            .map(|(token, own)| Self::at(state, token, now, own))
            .collect())
    }

    fn at(state: &AdminState, token: &Token, now: Timestamp, secrets: Vec<SecretView>) -> Self {
        let spent = |period| {
            state.ledger.tally(&BudgetSubject::Token(token.id.clone()), period, now).spent()
        };
        Self {
            id: token.id.to_string(),
            name: token.name.to_string(),
            owner: token.owner.as_deref().map(str::to_owned),
            environment: token.environment.to_string(),
            scopes: token.scopes.grants().map(|grant| grant.to_string()).collect(),
            state: token.state.word_at(now, token.expires_at).to_owned(),
            created_at: token.created_at,
            expires_at: token.expires_at,
            limits: token.limits.clone(),
            last_used_at: secrets.iter().filter_map(|secret| secret.last_used_at).max(),
            spent_today_usd: spent(Period::Day),
            spent_month_usd: spent(Period::Month),
            extra_today: token.extra_at(now),
            no_budget: token.unlimited,
            may: least_privilege_words(token, &state.settings.now()),
            metadata: token.metadata.clone(),
            secrets,
        }
    }
}

impl SecretView {
    /// Returns the secrets of a token as they are now.
    pub(super) async fn of_token(
        state: &AdminState,
        token: &Arc<Token>,
    ) -> Result<Vec<Self>, Problem> {
        let mut all = Self::of_tokens(state, slice::from_ref(token)).await?;
        Ok(all.pop().unwrap_or_default())
    }

    /// Returns the secrets of tokens as they are now. When one was last used is known in memory,
    /// and from before that was kept, by the record alone.
    async fn of_tokens(
        state: &AdminState,
        tokens: &[Arc<Token>],
    ) -> Result<Vec<Vec<Self>>, Problem> {
        let now = state.clock.now();
        let standings = |token: &Arc<Token>| (token.id.clone(), state.tokens.secrets(&token.id));
        let all: Vec<_> = tokens.iter().map(standings).collect();
        let reader = state.reader.clone();
        let read = state.tasks.run_blocking(move || {
            let views = |(id, own): &(TokenId, Vec<SecretStanding>)| {
                own.iter().map(|one| Self::at(&reader, id, one, now)).collect()
            };
            all.iter().map(views).collect::<Result<_, StoreError>>()
        });
        let read = read.await.map_err(|_| Problem::stopping())?;
        read.map_err(|cause| Problem::store_unavailable(&cause))
    }

    fn at(
        reader: &Reader,
        token: &TokenId,
        standing: &SecretStanding,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let SecretStanding { secret, used_at } = standing;
        let last_used_at = match used_at {
            Some(used_at) => Some(*used_at),
            None => reader.secret_last_used(token, secret)?,
        };
        Ok(Self {
            number: secret.number,
            alive: secret.is_alive(now),
            made_at: secret.made_at,
            ends_at: secret.ends_at,
            last_used_at,
        })
    }
}
