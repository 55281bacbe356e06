//! `POST /api/v1/tokens/{id}/reduce`

use super::view::TokenView;
use crate::{
    admin::{
        problem::Problem,
        request::{JsonBody, PathSegment},
        role::MayOperate,
        state::AdminState,
    },
    tokens::TokenUpdate,
};
use axum::{Json, extract::State};

/// Takes rights away from a token
///
/// Can only narrow: what would widen anything is refused. In force at once, also for calls that
/// already wait.
#[utoipa::path(
    post, path = "/api/v1/tokens/{id}/reduce", operation_id = "reduce_token", tag = "tokens",
    params(("id" = String, Path, description = "The token's id, `tok_…`, or its name where that is unique")),
    request_body = TokenUpdate,
    responses(
        (status = 200, description = "The token as it is now", body = TokenView),
        (status = 404, description = "There is no such token", body = Problem),
        (status = 409, description = "It was revoked", body = Problem),
        (status = 422, description = "All that would not be less", body = Problem),
        (status = 503, description = "It cannot be put on record", body = Problem),
    )
)]
pub async fn reduce(
    State(state): State<AdminState>,
    MayOperate(by): MayOperate,
    PathSegment(id): PathSegment,
    JsonBody(asked): JsonBody<TokenUpdate>,
) -> Result<Json<TokenView>, Problem> {
    let token = state.tokens.reduce(&state.token(&id)?.id, asked, &by).await?;
    TokenView::load(&state, &token).await.map(Json)
}
