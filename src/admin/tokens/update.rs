//! `POST /api/v1/tokens/{id}/update`

use super::view::TokenView;
use crate::{
    admin::{
        problem::Problem,
        request::{JsonBody, PathSegment},
        role::MayGive,
        state::AdminState,
    },
    tokens::TokenUpdate,
};
use axum::{Json, extract::State};

/// Changes a token
///
/// To more or to less, up to the ceiling of its environment. What is absent stays, `null` takes a limit away,
/// a list is replaced whole. In force at once, also for calls that already wait. An expired token lives again
/// when it is given time.
#[utoipa::path(
    post, path = "/api/v1/tokens/{id}/update", operation_id = "update_token", tag = "tokens",
    params(("id" = String, Path, description = "The token's id, `tok_…`, or its name where that is unique")),
    request_body = TokenUpdate,
    responses(
        (status = 200, description = "The token as it is now", body = TokenView),
        (status = 404, description = "There is no such token", body = Problem),
        (status = 409, description = "It was revoked", body = Problem),
        (status = 403, description = "It gives more in production, which takes the role admin", body = Problem),
        (status = 422, description = "All mistakes in the request", body = Problem),
        (status = 503, description = "It cannot be put on record", body = Problem),
    )
)]
pub async fn update(
    State(state): State<AdminState>,
    MayGive(by): MayGive,
    PathSegment(id): PathSegment,
    JsonBody(asked): JsonBody<TokenUpdate>,
) -> Result<Json<TokenView>, Problem> {
    let token = state.tokens.update(&state.token(&id)?.id, asked, by).await?;
    TokenView::load(&state, &token).await.map(Json)
}
