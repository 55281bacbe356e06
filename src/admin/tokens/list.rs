//! `GET /api/v1/tokens`

use super::view::TokenView;
use crate::admin::{peer::Caller, state::AdminState};
use axum::{Json, extract::State};

/// Lists all tokens
///
/// Oldest first; revoked and expired ones too.
#[utoipa::path(
    get, path = "/api/v1/tokens", operation_id = "list_tokens", tag = "tokens",
    responses((status = 200, description = "All tokens", body = Vec<TokenView>))
)]
pub async fn list(State(state): State<AdminState>, _by: Caller) -> Json<Vec<TokenView>> {
    let now = state.clock.now();
    Json(state.tokens.list().iter().map(|token| TokenView::at(token, now)).collect())
}
