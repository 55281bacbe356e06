//! `GET /api/v1/tokens/{id}`

use super::view::TokenView;
use crate::admin::{problem::Problem, request::PathSegment, role::MayView, state::AdminState};
use axum::{Json, extract::State};

/// Shows one token
#[utoipa::path(
    get, path = "/api/v1/tokens/{id}", operation_id = "show_token", tag = "tokens",
    params(("id" = String, Path, description = "The token's id, `tok_…`, or its name where that is unique")),
    responses(
        (status = 200, description = "The token", body = TokenView),
        (status = 404, description = "There is no such token", body = Problem),
    )
)]
pub async fn show(
    State(state): State<AdminState>,
    _by: MayView,
    PathSegment(id): PathSegment,
) -> Result<Json<TokenView>, Problem> {
    let token = state.token(&id)?;
    TokenView::load(&state, &token).await.map(Json)
}
