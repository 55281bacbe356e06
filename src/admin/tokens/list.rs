//! `GET /api/v1/tokens`

use super::{search::TokenSearch, view::TokenView};
use crate::admin::{problem::Problem, request::QueryParameters, role::MayView, state::AdminState};
use axum::{Json, extract::State};

/// Lists all tokens
///
/// Oldest first; revoked and expired ones too.
#[utoipa::path(
    get, path = "/api/v1/tokens", operation_id = "list_tokens", tag = "tokens",
    params(TokenSearch),
    responses(
        (status = 200, description = "All tokens that are asked for", body = Vec<TokenView>),
        (status = 422, description = "There is no such environment", body = Problem),
        (status = 503, description = "The record cannot be read", body = Problem),
    )
)]
pub async fn list(
    State(state): State<AdminState>,
    _by: MayView,
    QueryParameters(asked): QueryParameters<TokenSearch>,
) -> Result<Json<Vec<TokenView>>, Problem> {
    let mut mistakes = Vec::new();
    let environment = state.environment(asked.environment.as_deref(), &mut mistakes).await?;
    if !mistakes.is_empty() {
        return Err(Problem::invalid(mistakes));
    }
    let mut tokens = state.tokens.list();
    tokens.retain(|token| environment.as_ref().is_none_or(|name| token.environment == *name));
    TokenView::of_all(&state, tokens).await.map(Json)
}
