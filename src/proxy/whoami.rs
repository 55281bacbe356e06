//! `GET /_ideogate/whoami`: what a token is, may do, and has left.

use super::{Gateway, counted::rate_of, standing::BudgetStanding};
use crate::{
    config::{EnvironmentSettings, Limited, Settings},
    domain::{
        EnvironmentName, RouteName, ScopeGrant, ScopeSet, Timestamp, Token, TokenId, TokenLimits,
        Usd,
    },
    ledger::Budgets,
    tokens::{PresentedToken, least_privilege_words},
};
use serde::{Deserialize, Serialize};

/// Everything that a token may know of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhoAmI {
    /// Names the token everywhere.
    pub token_id: TokenId,
    /// What its makers call it.
    pub name: Box<str>,
    /// Who answers for it.
    pub owner: Option<Box<str>>,
    /// Its environment.
    pub environment: EnvironmentName,
    /// Whether that environment is switched on and has a key, so that calls can be made.
    pub available: bool,
    /// What it was granted, as it was written.
    pub scopes: ScopeSet,
    /// What it may and may not do, in sentences that follow its name.
    pub may: Vec<String>,
    /// Its own limits.
    pub limits: TokenLimits,
    /// The limits of its environment; `null` when that is no longer in the settings.
    pub environment_limits: Option<EnvironmentLimits>,
    /// How often it may ask, by its own rate or the usual one, and by its environment's policy.
    pub rate: Option<Rate>,
    /// The budgets that cover calls it can make.
    pub budgets: Vec<BudgetStanding>,
    /// From when on it is refused.
    pub expires_at: Timestamp,
    /// The secret that was presented.
    pub secret: PresentedSecretView,
}

/// The secret of a token that was presented.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresentedSecretView {
    /// Its number within the token.
    pub number: u32,
    /// When it was made.
    pub made_at: Timestamp,
    /// From when on it is refused because a newer one took its place; `null` for the newest.
    pub retires_at: Option<Timestamp>,
}

/// The most requests in a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// Requests a minute.
    pub per_minute: u32,
}

/// What an environment limits for all its tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentLimits {
    /// The limit of its tokens' scopes.
    pub scopes: ScopeSet,
    /// The most spend of all its tokens in a UTC day.
    pub daily_budget: Option<Usd>,
    /// The small set behind `write:limited`, for tokens that have that scope.
    pub limited: Option<LimitedSet>,
}

/// What `write:limited` means in an environment; what is empty or `null` is not limited here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitedSet {
    /// The routes.
    pub routes: Vec<RouteName>,
    /// The rendering speeds.
    pub speeds: Vec<Box<str>>,
    /// The most images a call.
    pub max_images: Option<u32>,
    /// The most spend of each such token in a UTC day.
    pub daily_budget: Option<Usd>,
}

impl WhoAmI {
    /// Returns what a token may know of itself.
    pub(super) fn new(gateway: &Gateway, settings: &Settings, presented: &PresentedToken) -> Self {
        let PresentedToken { token, secret } = presented;
        let environment = settings.environments.get(&token.environment).map(AsRef::as_ref);
        let rate = environment.and_then(|own| rate_of(token, own, settings));
        Self {
            token_id: token.id.clone(),
            name: token.name.clone(),
            owner: token.owner.clone(),
            environment: token.environment.clone(),
            available: environment
                .filter(|own| own.enabled)
                .and_then(|own| gateway.accounts.slot(&own.account, &token.environment))
                .is_some(),
            scopes: token.scopes.clone(),
            may: least_privilege_words(token, settings),
            limits: token.limits.clone(),
            environment_limits: environment.map(|own| EnvironmentLimits::new(own, token)),
            rate: rate.map(|(per_minute, _)| Rate { per_minute }),
            budgets: environment
                .map(|own| budgets(gateway, settings, own, token))
                .unwrap_or_default(),
            expires_at: token.expires_at,
            secret: PresentedSecretView {
                number: secret.number,
                made_at: secret.made_at,
                retires_at: secret.retires_at,
            },
        }
    }
}

impl EnvironmentLimits {
    fn new(environment: &EnvironmentSettings, token: &Token) -> Self {
        let is_limited = token.scopes.grants().any(|grant| grant == ScopeGrant::WriteLimited);
        Self {
            scopes: environment.scopes.clone(),
            daily_budget: environment.daily_budget,
            limited: is_limited.then(|| LimitedSet::new(&environment.limited)),
        }
    }
}

impl LimitedSet {
    fn new(limited: &Limited) -> Self {
        Self {
            routes: limited.routes.clone(),
            speeds: limited.speeds.clone(),
            max_images: limited.max_images,
            daily_budget: limited.daily_budget,
        }
    }
}

/// Returns the budgets that cover a call on any route that the token may spend on, each once.
fn budgets(
    gateway: &Gateway,
    settings: &Settings,
    environment: &EnvironmentSettings,
    token: &Token,
) -> Vec<BudgetStanding> {
    let (mut found, now) = (Vec::new(), gateway.clock.now());
    for route in settings.routes.routes() {
        let may_spend = route.scope.is_some_and(|scope| token.scopes.allows(scope));
        if route.enabled && route.is_billable() && may_spend {
            let covering = Budgets::covering(settings, environment, token, route, now);
            found.extend(covering.limits);
        }
    }
    let mut standings: Vec<BudgetStanding> = Vec::new();
    for budget in &found {
        let standing = BudgetStanding::new(&gateway.ledger, budget, now);
        if !standings.contains(&standing) {
            standings.push(standing);
        }
    }
    standings
}
