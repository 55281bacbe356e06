//! What is added up.

use super::sums::By;
use crate::{
    admin::moment::{mistake, moment},
    domain::{EnvironmentName, Timestamp, TokenId},
    store::UsageQuery,
    tokens::Mistake,
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
    /// What makes a line: `environment`, `token`, `route`, `model`, `day` or `account`.
    #[param(inline)]
    pub by: By,
    /// From when on calls were opened: how long ago, as in `24h`, a UTC day as in `2026-11-01`, or
    /// RFC 3339. 24 hours if nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// The environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The token's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

impl UsageSearch {
    /// Returns the query for the store, or all mistakes.
    pub(super) fn query(&self, now: Timestamp) -> Result<UsageQuery, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let since = moment("since", self.since.as_deref(), now, &mut mistakes);
        let environment = self.environment.as_ref().and_then(|name| {
            let read = name.parse::<EnvironmentName>();
            read.map_err(|error| mistakes.push(mistake("environment", &error.to_string()))).ok()
        });
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        Ok(UsageQuery {
            since: since.unwrap_or_else(|| now.minus(USUAL_SPAN)),
            environment,
            token: self.token.as_deref().map(TokenId::from_stored),
        })
    }
}
