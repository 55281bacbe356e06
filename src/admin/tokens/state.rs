//! `POST /api/v1/tokens/{id}/disable`, `…/enable` and `…/revoke`

use super::view::TokenView;
use crate::{
    admin::{problem::Problem, request::PathSegment, role::MayGive, state::AdminState},
    domain::TokenState,
    tokens::Mandate,
};
use axum::{Json, extract::State};

/// Disables a token
///
/// It is refused at once, also for calls that already wait, until it is enabled again.
#[utoipa::path(
    post, path = "/api/v1/tokens/{id}/disable", operation_id = "disable_token", tag = "tokens",
    params(("id" = String, Path, description = "The token's id, `tok_…`, or its name where that is unique")),
    responses(
        (status = 200, description = "The token as it is now", body = TokenView),
        (status = 404, description = "There is no such token", body = Problem),
        (status = 409, description = "It was revoked", body = Problem),
    )
)]
pub async fn disable(
    State(state): State<AdminState>,
    MayGive(by): MayGive,
    PathSegment(id): PathSegment,
) -> Result<Json<TokenView>, Problem> {
    set(&state, id, TokenState::Disabled, by).await
}

/// Enables a token that was disabled
#[utoipa::path(
    post, path = "/api/v1/tokens/{id}/enable", operation_id = "enable_token", tag = "tokens",
    params(("id" = String, Path, description = "The token's id, `tok_…`, or its name where that is unique")),
    responses(
        (status = 200, description = "The token as it is now", body = TokenView),
        (status = 403, description = "In production it takes the role admin", body = Problem),
        (status = 404, description = "There is no such token", body = Problem),
        (status = 409, description = "It was revoked", body = Problem),
    )
)]
pub async fn enable(
    State(state): State<AdminState>,
    MayGive(by): MayGive,
    PathSegment(id): PathSegment,
) -> Result<Json<TokenView>, Problem> {
    set(&state, id, TokenState::Enabled, by).await
}

/// Revokes a token for ever
///
/// It is refused at once, also for calls that already wait.
#[utoipa::path(
    post, path = "/api/v1/tokens/{id}/revoke", operation_id = "revoke_token", tag = "tokens",
    params(("id" = String, Path, description = "The token's id, `tok_…`, or its name where that is unique")),
    responses(
        (status = 200, description = "The token as it is now", body = TokenView),
        (status = 404, description = "There is no such token", body = Problem),
    )
)]
pub async fn revoke(
    State(state): State<AdminState>,
    MayGive(by): MayGive,
    PathSegment(id): PathSegment,
) -> Result<Json<TokenView>, Problem> {
    set(&state, id, TokenState::Revoked, by).await
}

async fn set(
    state: &AdminState,
    id: String,
    to: TokenState,
    by: Mandate,
) -> Result<Json<TokenView>, Problem> {
    let token = state.tokens.set_state(&state.token(&id)?.id, to, by).await?;
    TokenView::load(state, &token).await.map(Json)
}
