//! `POST /api/v1/operators/{id}/rotate`

use super::view::NewSecret;
use crate::{
    admin::{
        problem::Problem,
        request::{JsonBody, PathSegment},
        role::MayAdminister,
        state::AdminState,
    },
    operators::OperatorRotation,
};
use axum::{Json, extract::State};

/// Gives an operator a new secret
///
/// The old one opens nothing from now on. An operator who expired is let in again.
#[utoipa::path(
    post, path = "/api/v1/operators/{id}/rotate", operation_id = "rotate_operator",
    tag = "operators",
    params(("id" = String, Path, description = "The operator's id, `op_…`, or their name where that is unique")),
    request_body = OperatorRotation,
    responses(
        (status = 200, description = "The new secret, shown this once", body = NewSecret),
        (status = 404, description = "There is no such operator", body = Problem),
        (status = 409, description = "They were revoked", body = Problem),
        (status = 422, description = "All mistakes in the request", body = Problem),
        (status = 503, description = "It cannot be put on record", body = Problem),
    )
)]
pub async fn rotate(
    State(state): State<AdminState>,
    MayAdminister(by): MayAdminister,
    PathSegment(id): PathSegment,
    JsonBody(asked): JsonBody<OperatorRotation>,
) -> Result<Json<NewSecret>, Problem> {
    let id = state.operator(&id)?;
    let (plain, operator) = state.operators.rotate(&id, &asked, &by).await?;
    Ok(Json(NewSecret::new(&plain, &operator)))
}
