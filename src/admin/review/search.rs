//! What is reviewed.

use crate::{
    admin::moment::{mistake, moment},
    config::Settings,
    domain::{EnvironmentName, Timestamp, TokenId},
    review::Finding,
    tokens::Mistake,
};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// What is reviewed; what is absent does not narrow it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReviewSearch {
    /// Only what touches this environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Only this token, by its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Since when uses count: how long ago, as in `30d`, a UTC day as in `2026-11-01`, or RFC 3339;
    /// what the settings say under `[review]` if nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
}

/// The same, read.
pub(super) struct Scope {
    pub(super) environment: Option<EnvironmentName>,
    pub(super) token: Option<TokenId>,
    pub(super) since: Timestamp,
}

impl ReviewSearch {
    /// Returns what is to be reviewed, or all mistakes.
    pub(super) fn read(&self, settings: &Settings, now: Timestamp) -> Result<Scope, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let since = moment("since", self.since.as_deref(), now, &mut mistakes);
        if since.is_some_and(|since| since >= now) {
            mistakes.push(mistake("since", "is not in the past"));
        }
        let environment = self.environment.as_deref().and_then(|name| {
            let read = name.parse::<EnvironmentName>().ok();
            let found = read.filter(|name| settings.environments.contains_key(name));
            if found.is_none() {
                mistakes.push(mistake("environment", &format!("there is no '{name}'")));
            }
            found
        });
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let token = self.token.as_deref().map(TokenId::from_stored);
        let since = since.unwrap_or_else(|| now.minus(settings.review.window));
        Ok(Scope { environment, token, since })
    }
}

impl Scope {
    /// Says whether a finding is asked for.
    pub(super) fn includes(&self, finding: &Finding) -> bool {
        let subject = &finding.subject;
        self.environment.as_ref().is_none_or(|name| subject.is_in(name))
            && self.token.as_ref().is_none_or(|token| subject.id == token.as_str())
    }
}
