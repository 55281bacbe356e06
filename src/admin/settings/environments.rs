//! `GET /api/v1/environments` and `GET /api/v1/environments/{name}`

use crate::{
    admin::{problem::Problem, request::PathSegment, role::MayView, state::AdminState},
    config::{EnvironmentSettings, Policy, Settings},
    domain::{EnvironmentName, ScopeGrant, ScopeSet, written_span},
    keys::KeyState,
    tokens::limited_words,
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// An environment: the limits of its tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnvironmentView {
    /// Its name.
    pub name: String,
    /// Whether its tokens may make calls: `enabled` or `disabled`.
    pub state: String,
    /// The account it uses.
    pub account: String,
    /// The limit of its tokens' scopes.
    pub scopes: Vec<String>,
    /// Its share of turns in the queue.
    pub weight: u32,
    /// Places held back for it while it is active.
    pub reserved_places: u32,
    /// How long its calls wait unless they ask otherwise.
    pub queue_timeout: String,
    /// The most spend in a UTC day, in dollars.
    pub daily_budget: Option<String>,
    /// The most spend in a UTC month, in dollars.
    pub monthly_budget: Option<String>,
    /// How long new tokens live unless told otherwise.
    pub token_lifetime: String,
    /// What all its tokens must keep to.
    pub policy: PolicyView,
    /// What `write:limited` means here.
    pub limited: LimitedView,
    /// Its upstream key.
    pub key: KeyStatusView,
}

/// What an environment rules for all its tokens; what is `null` or empty is not ruled.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyView {
    /// The most images a call.
    pub max_images: Option<u32>,
    /// The most places one token may hold at once.
    pub max_places: Option<u32>,
    /// The most requests a minute of one token.
    pub requests_per_minute: Option<u32>,
    /// The models that may be named.
    pub models: Vec<String>,
    /// The rendering speeds that may be named.
    pub speeds: Vec<String>,
    /// The hosts that may receive webhooks.
    pub webhook_hosts: Vec<String>,
    /// The hosts that `image_urls` may point to.
    pub image_hosts: Vec<String>,
    /// The networks that calls may come from.
    pub cidrs: Vec<String>,
}

impl From<&Policy> for PolicyView {
    fn from(policy: &Policy) -> Self {
        let Policy { models, speeds, webhook_hosts, image_hosts, cidrs, .. } = policy.clone();
        Self {
            max_images: policy.max_images,
            max_places: policy.max_places,
            requests_per_minute: policy.requests_per_minute,
            models,
            speeds,
            webhook_hosts,
            image_hosts,
            cidrs: cidrs.iter().map(ToString::to_string).collect(),
        }
    }
}

/// What `write:limited` means in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LimitedView {
    /// The routes; empty means all that the scope allows.
    pub routes: Vec<String>,
    /// The rendering speeds; empty means all.
    pub speeds: Vec<String>,
    /// The most images a call.
    pub max_images: Option<u32>,
    /// The most spend in a UTC day of each such token, in dollars.
    pub daily_budget: Option<String>,
    /// The same in words; absent where no token may have `write:limited`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// Whether an environment has an upstream key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyStatusView {
    /// `present`, `rejected` by Ideogram, `missing`, or `unneeded` on the simulator.
    pub status: String,
    /// The last four characters of the key.
    pub version: Option<String>,
    /// The other environments that use the same key.
    pub shared_with: Vec<String>,
    /// What to do about the key, when it is missing or rejected.
    pub hint: Option<String>,
}

impl From<KeyState> for KeyStatusView {
    fn from(key: KeyState) -> Self {
        let plain = |status: &str| Self {
            status: status.to_owned(),
            version: None,
            shared_with: Vec::new(),
            hint: None,
        };
        match key {
            KeyState::Present { version, shared_with } => Self {
                version: version.map(Into::into),
                shared_with: shared_with.iter().map(ToString::to_string).collect(),
                ..plain("present")
            },
            KeyState::Rejected { version, shared_with } => Self {
                version: version.map(Into::into),
                shared_with: shared_with.iter().map(ToString::to_string).collect(),
                hint: Some(
                    "Ideogram rejects the key; exchange its file and run `ideogate key rotate`"
                        .to_owned(),
                ),
                ..plain("rejected")
            },
            KeyState::Missing { how } => Self { hint: Some(how.into()), ..plain("missing") },
            KeyState::Unneeded => plain("unneeded"),
        }
    }
}

impl EnvironmentView {
    /// Returns the environment as the settings have it, with what is known of its key.
    pub fn new(
        name: &EnvironmentName,
        environment: &EnvironmentSettings,
        settings: &Settings,
        key: KeyState,
    ) -> Self {
        let wait = environment.queue_timeout.unwrap_or(settings.queue.timeout);
        let limited = &environment.limited;
        Self {
            name: name.to_string(),
            state: if environment.enabled { "enabled" } else { "disabled" }.to_owned(),
            account: environment.account.to_string(),
            scopes: environment.scopes.grants().map(|grant| grant.to_string()).collect(),
            weight: environment.weight,
            reserved_places: environment.reserved_places,
            queue_timeout: written_span(wait),
            daily_budget: environment.daily_budget.map(|amount| amount.to_string()),
            monthly_budget: environment.monthly_budget.map(|amount| amount.to_string()),
            token_lifetime: written_span(environment.token_lifetime),
            policy: PolicyView::from(&environment.policy),
            limited: LimitedView {
                routes: limited.routes.iter().map(ToString::to_string).collect(),
                speeds: limited.speeds.iter().map(ToString::to_string).collect(),
                max_images: limited.max_images,
                daily_budget: limited.daily_budget.map(|amount| amount.to_string()),
                words: may_be_limited(environment).then(|| limited_words(environment)),
            },
            key: key.into(),
        }
    }
}

/// Says whether a token of the environment may have `write:limited`, and its set is given.
fn may_be_limited(environment: &EnvironmentSettings) -> bool {
    let asked: ScopeSet = [ScopeGrant::WriteLimited].into_iter().collect();
    asked.above(&environment.scopes).is_empty() && !environment.limited.is_open()
}

/// Lists the environments
#[utoipa::path(
    get, path = "/api/v1/environments", operation_id = "list_environments", tag = "settings",
    responses((status = 200, description = "All environments", body = Vec<EnvironmentView>))
)]
pub async fn list(State(state): State<AdminState>, _by: MayView) -> Json<Vec<EnvironmentView>> {
    let settings = state.settings.now();
    let view = |(name, environment): (_, &Arc<EnvironmentSettings>)| {
        EnvironmentView::new(name, environment, &settings, state.keys.key_state(name))
    };
    Json(settings.environments.iter().map(view).collect())
}

/// Shows one environment
#[utoipa::path(
    get, path = "/api/v1/environments/{name}", operation_id = "show_environment", tag = "settings",
    params(("name" = String, Path, description = "The environment")),
    responses(
        (status = 200, description = "The environment", body = EnvironmentView),
        (status = 404, description = "There is no such environment", body = Problem),
    )
)]
pub async fn show(
    State(state): State<AdminState>,
    _by: MayView,
    PathSegment(asked): PathSegment,
) -> Result<Json<EnvironmentView>, Problem> {
    let settings = state.settings.now();
    let found = settings.environments.iter().find(|(name, _)| name.as_str() == asked);
    let (name, environment) =
        found.ok_or_else(|| Problem::unknown_as("environment", state.no_environment(&asked)))?;
    Ok(Json(EnvironmentView::new(name, environment, &settings, state.keys.key_state(name))))
}
