//! `GET /api/v1/review`

use super::search::ReviewSearch;
use crate::{
    admin::{problem::Problem, request::QueryParameters, role::MayView, state::AdminState},
    domain::{EnvironmentName, Timestamp},
    review::{Facts, Finding, Severity, Sources, judge},
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// What an access review found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReviewView {
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub reviewed_at: Timestamp,
    /// Since when uses were counted.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// When the record begins, which may be later.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub record_begins: Option<Timestamp>,
    /// The tokens that can be used and were looked at.
    pub tokens: usize,
    /// What was found, gravest first.
    pub findings: Vec<Finding>,
    /// How much of it there is.
    pub counts: ReviewCounts,
}

/// Findings by severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReviewCounts {
    /// Should be done today.
    pub high: usize,
    /// Should be done.
    pub medium: usize,
    /// Worth doing.
    pub low: usize,
    /// Good to know.
    pub info: usize,
}

impl ReviewCounts {
    fn count(findings: &[Finding]) -> Self {
        let count =
            |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        Self {
            high: count(Severity::High),
            medium: count(Severity::Medium),
            low: count(Severity::Low),
            info: count(Severity::Info),
        }
    }
}

/// Reviews who can do more than they do
///
/// Unused scopes with the command that takes them away, idle and expiring tokens, budgets far above
/// use, wildcards in production, old and shared keys, legacy routes. Changes nothing.
#[utoipa::path(
    get, path = "/api/v1/review", operation_id = "review", tag = "tokens",
    params(ReviewSearch),
    responses(
        (status = 200, description = "What was found", body = ReviewView),
        (status = 404, description = "There is no such token", body = Problem),
        (status = 422, description = "The search makes no sense", body = Problem),
        (status = 503, description = "The database cannot be read", body = Problem),
    )
)]
pub async fn show(
    State(state): State<AdminState>,
    _by: MayView,
    QueryParameters(search): QueryParameters<ReviewSearch>,
) -> Result<Json<ReviewView>, Problem> {
    let now = state.clock.now();
    let asked = search.read(&state).await?;
    let (sources, since) = (sources(&state), asked.since);
    let read = state.tasks.run_blocking(move || {
        let facts = Facts::gather(&sources, since, now)?;
        Ok((judge(&facts, &sources.settings), facts))
    });
    let read = read.await.map_err(|_| Problem::stopping())?;
    let (mut findings, facts) = read.map_err(|cause| Problem::store_unavailable(&cause))?;
    findings.retain(|finding| asked.includes(finding));
    let looked_at = facts.tokens.iter().filter(|facts| {
        let token = &facts.token;
        asked.environment.as_ref().is_none_or(|name| token.environment == *name)
            && asked.token.as_ref().is_none_or(|id| token.id == *id)
    });
    Ok(Json(ReviewView {
        reviewed_at: now,
        since,
        record_begins: facts.record_begins,
        tokens: looked_at.count(),
        counts: ReviewCounts::count(&findings),
        findings,
    }))
}

fn sources(state: &AdminState) -> Sources {
    Sources {
        reader: state.reader.clone(),
        tokens: state.tokens.clone(),
        settings: state.settings.now(),
        shared_keys: shared_keys(state),
    }
}

/// Returns the groups of environments that use one key, each once.
fn shared_keys(state: &AdminState) -> Vec<Vec<EnvironmentName>> {
    let group = |name: &EnvironmentName| {
        let mut group = state.keys.sharing(name);
        group.push(name.clone());
        group.sort();
        group
    };
    let settings = state.settings.now();
    let groups: BTreeSet<Vec<_>> = settings.environments.keys().map(group).collect();
    groups.into_iter().filter(|group| group.len() > 1).collect()
}
