//! `GET /api/v1/tokens`

use super::view::TokenView;
use crate::admin::{problem::Problem, role::MayView, state::AdminState};
use axum::{Json, extract::State};

/// Lists all tokens
///
/// Oldest first; revoked and expired ones too.
#[utoipa::path(
    get, path = "/api/v1/tokens", operation_id = "list_tokens", tag = "tokens",
    responses(
        (status = 200, description = "All tokens", body = Vec<TokenView>),
        (status = 503, description = "The record cannot be read", body = Problem),
    )
)]
pub async fn list(
    State(state): State<AdminState>,
    _by: MayView,
) -> Result<Json<Vec<TokenView>>, Problem> {
    TokenView::of_all(&state, state.tokens.list()).await.map(Json)
}
