//! How operators see a token.

use crate::domain::{Timestamp, Token, TokenLimits, TokenState};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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
    pub limits: LimitsView,
    /// Free words of its makers.
    pub metadata: BTreeMap<String, String>,
}

/// Limits of a token; what is absent or empty is not limited by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LimitsView {
    /// The most images one call may ask for.
    pub max_images: Option<u32>,
    /// The most places it may hold at once.
    pub max_places: Option<u32>,
    /// The most requests a minute.
    pub requests_per_minute: Option<u32>,
    /// The longest wait in the queue.
    pub queue_timeout: Option<String>,
    /// The most spend in a UTC day, in dollars.
    pub daily_budget: Option<String>,
    /// The most spend in a UTC month, in dollars.
    pub monthly_budget: Option<String>,
    /// The models it may name; empty means all.
    pub models: Vec<String>,
    /// The rendering speeds it may name; empty means all.
    pub speeds: Vec<String>,
    /// The hosts that may receive webhooks; empty means none.
    pub webhook_hosts: Vec<String>,
    /// The hosts that `image_urls` may point to; empty means all.
    pub image_hosts: Vec<String>,
    /// The addresses it may be used from; empty means all.
    pub cidrs: Vec<String>,
}

impl TokenView {
    /// Returns the token as it looks at `now`.
    pub(super) fn at(token: &Token, now: Timestamp) -> Self {
        let state = match token.state {
            TokenState::Revoked => "revoked",
            TokenState::Enabled | TokenState::Disabled if token.expires_at <= now => "expired",
            TokenState::Disabled => "disabled",
            TokenState::Enabled => "enabled",
        };
        Self {
            id: token.id.to_string(),
            name: token.name.to_string(),
            owner: token.owner.as_deref().map(str::to_owned),
            environment: token.environment.to_string(),
            scopes: token.scopes.grants().map(|grant| grant.to_string()).collect(),
            state: state.to_owned(),
            created_at: token.created_at,
            expires_at: token.expires_at,
            limits: LimitsView::of(&token.limits),
            metadata: token.metadata.clone(),
        }
    }
}

impl LimitsView {
    fn of(limits: &TokenLimits) -> Self {
        let span = |span| humantime::format_duration(span).to_string();
        Self {
            max_images: limits.max_images,
            max_places: limits.max_places,
            requests_per_minute: limits.requests_per_minute,
            queue_timeout: limits.queue_timeout.map(span),
            daily_budget: limits.daily_budget.map(|amount| amount.to_string()),
            monthly_budget: limits.monthly_budget.map(|amount| amount.to_string()),
            models: limits.models.clone(),
            speeds: limits.speeds.clone(),
            webhook_hosts: limits.webhook_hosts.clone(),
            image_hosts: limits.image_hosts.clone(),
            cidrs: limits.cidrs.iter().map(ToString::to_string).collect(),
        }
    }
}
