//! `GET /api/v1/tokens`

use super::{
    search::{TokenFilter, TokenSearch},
    view::TokenView,
};
use crate::admin::{problem::Problem, request::QueryParameters, role::MayView, state::AdminState};
use axum::{Json, extract::State};

/// Lists tokens
///
/// Oldest first. Revoked and expired ones are listed only where they are asked for.
#[utoipa::path(
    get, path = "/api/v1/tokens", operation_id = "list_tokens", tag = "tokens",
    params(TokenSearch),
    responses(
        (status = 200, description = "All tokens that are asked for", body = Vec<TokenView>),
        (status = 422, description = "All mistakes in the request", body = Problem),
        (status = 503, description = "The record cannot be read", body = Problem),
    )
)]
pub async fn list(
    State(state): State<AdminState>,
    _by: MayView,
    QueryParameters(asked): QueryParameters<TokenSearch>,
) -> Result<Json<Vec<TokenView>>, Problem> {
    let filter = TokenFilter::read(&state, asked).await?;
    let mut tokens = state.tokens.list();
    tokens.retain(|token| filter.takes(token));
    let mut views = TokenView::of_all(&state, tokens).await?;
    if let Some(since) = filter.unused_since {
        views.retain(|token| token.last_used_at.unwrap_or(token.created_at) < since);
    }
    Ok(Json(views))
}
