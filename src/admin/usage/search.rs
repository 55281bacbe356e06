//! What is added up.

use crate::{
    admin::{
        problem::Problem,
        role::Names,
        span::{Span, mistake},
        state::AdminState,
    },
    domain::Timestamp,
    store::{SumKey, UsageQuery},
    tokens::RequestError,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::IntoParams;

/// How far back is added up if nobody says.
const USUAL_SPAN: Duration = Duration::from_hours(24);

/// What is added up; what is absent does not narrow it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UsageSearch {
    /// What makes a line: `environment`, `token`, `owner`, `user`, `route`, `model`, `day`, `hour` or
    /// `account`.
    #[param(inline)]
    pub by: SumKey,
    /// From when on calls were opened: how long ago, as in `24h`, a UTC day as in `2026-11-01`, or
    /// RFC 3339. 24 hours before the end if nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Until when: RFC 3339, that moment not included, a UTC day to its end, or how long ago.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Only this UTC day: `2026-11-01`, `today` or `yesterday`; instead of a span.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// The environment, also one that is no longer set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The token's id, or its name where that is unique.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The owner that tokens had when the calls were made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The end user, by id `usr_…` or by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

impl UsageSearch {
    /// Returns the query for the store, or all mistakes; what is named must be known.
    pub(super) async fn query(
        &self,
        state: &AdminState,
        names: Names,
    ) -> Result<UsageQuery, Problem> {
        let (mut mistakes, now) = (Vec::new(), state.clock.now());
        let span = self.span(now, &mut mistakes);
        let environment = state.environment(self.environment.as_deref(), &mut mistakes).await?;
        let owner = state.owner(self.owner.as_deref(), &mut mistakes).await?;
        if !mistakes.is_empty() {
            return Err(Problem::invalid(mistakes));
        }
        let token = state.token_on_record(self.token.as_deref(), environment.as_ref()).await?;
        let since = span.since.unwrap_or_else(|| span.until.unwrap_or(now).minus(USUAL_SPAN));
        Ok(UsageQuery {
            by: self.by,
            since,
            until: span.until,
            environment,
            token,
            owner,
            person: state.person_on_record(self.user.as_deref(), names).await?,
        })
    }

    fn span(&self, now: Timestamp, mistakes: &mut Vec<RequestError>) -> Span {
        let (since, until) = (self.since.as_deref(), self.until.as_deref());
        let Some(day) = &self.on else { return Span::read(since, until, now, mistakes) };
        if since.or(until).is_some() {
            mistakes
                .push(mistake("on", "is a span of its own: say either this or since and until"));
        }
        Span::on(day, now, mistakes)
    }
}
