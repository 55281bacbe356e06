//! `POST /api/v1/tokens/prune`

use crate::{
    admin::{problem::Problem, request::JsonBody, role::MayOperate, state::AdminState},
    domain::Timestamp,
    tokens::{PruneRequest, Pruned},
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What became of the tokens that ended long ago.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PruneView {
    /// Those that are forgotten, or would be.
    pub pruned: Vec<PrunedView>,
    /// Those that are not.
    pub kept: Vec<KeptView>,
}

/// A token that is forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PrunedView {
    /// The token.
    pub id: String,
    /// What its makers called it.
    pub name: String,
    /// The environment it worked in.
    pub environment: String,
    /// When it was revoked or expired, whichever came first.
    #[schema(value_type = String, format = DateTime)]
    pub ended_at: Timestamp,
}

/// A token that ended as long ago and is not forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeptView {
    /// The token.
    pub id: String,
    /// What its makers call it.
    pub name: String,
    /// What of it is still open.
    pub reason: String,
}

impl From<Pruned> for PruneView {
    fn from(found: Pruned) -> Self {
        let pruned = found.pruned.into_iter().map(|(token, ended_at)| PrunedView {
            id: token.id.to_string(),
            name: token.name.to_string(),
            environment: token.environment.to_string(),
            ended_at,
        });
        let kept = found.kept.into_iter().map(|(token, reason)| KeptView {
            id: token.id.to_string(),
            name: token.name.to_string(),
            reason: reason.to_owned(),
        });
        Self { pruned: pruned.collect(), kept: kept.collect() }
    }
}

/// Forgets tokens that ended long ago
///
/// Revoked and expired ones alike; those of which something is still open are kept, and told. What they did stays
/// on record.
#[utoipa::path(
    post, path = "/api/v1/tokens/prune", operation_id = "prune_tokens", tag = "tokens",
    request_body = PruneRequest,
    responses(
        (status = 200, description = "Which are forgotten, and which are not", body = PruneView),
        (status = 422, description = "All mistakes in the request", body = Problem),
        (status = 503, description = "It cannot be put on record", body = Problem),
    )
)]
pub async fn prune(
    State(state): State<AdminState>,
    MayOperate(by): MayOperate,
    JsonBody(asked): JsonBody<PruneRequest>,
) -> Result<Json<PruneView>, Problem> {
    let mut mistakes = Vec::new();
    // A name that is nowhere would be an empty answer otherwise.
    state.environment(asked.environment.as_deref(), &mut mistakes).await?;
    if !mistakes.is_empty() {
        return Err(Problem::invalid(mistakes));
    }
    Ok(Json(state.tokens.prune(&asked, by).await?.into()))
}
