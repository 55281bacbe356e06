//! What is reviewed.

use crate::{
    admin::{problem::Problem, span::Span, state::AdminState},
    domain::{EnvironmentName, Timestamp, TokenId},
    review::Finding,
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
    /// Only this token, by its id, or by its name where that is unique.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Since when uses count: how long ago, as in `30d`, a UTC day as in `2026-11-01`, or RFC 3339;
    /// what the settings say under `[review]` if nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
}

/// The same, read.
pub(super) struct ReviewScope {
    pub(super) environment: Option<EnvironmentName>,
    pub(super) token: Option<TokenId>,
    pub(super) since: Timestamp,
}

impl ReviewSearch {
    /// Returns what is to be reviewed, or all mistakes; what is named must be known.
    pub(super) async fn read(&self, state: &AdminState) -> Result<ReviewScope, Problem> {
        let (mut mistakes, now) = (Vec::new(), state.clock.now());
        let span = Span::read(self.since.as_deref(), None, now, &mut mistakes);
        let environment = state.environment(self.environment.as_deref(), &mut mistakes).await?;
        if !mistakes.is_empty() {
            return Err(Problem::invalid(mistakes));
        }
        let token = state.token_on_record(self.token.as_deref(), environment.as_ref()).await?;
        let since = span.since.unwrap_or_else(|| now.minus(state.settings.now().review.window));
        Ok(ReviewScope { environment, token, since })
    }
}

impl ReviewScope {
    /// Says whether a finding is asked for.
    pub(super) fn includes(&self, finding: &Finding) -> bool {
        let subject = &finding.subject;
        self.environment.as_ref().is_none_or(|name| subject.is_in(name))
            && self.token.as_ref().is_none_or(|token| subject.id == token.as_str())
    }
}
