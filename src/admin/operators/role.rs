//! `POST /api/v1/operators/{id}/role`

use super::view::OperatorView;
use crate::{
    admin::{
        problem::Problem,
        request::{JsonBody, PathSegment},
        role::MayAdminister,
        state::AdminState,
    },
    operators::RoleChange,
};
use axum::{Json, extract::State};

/// Gives an operator another role
///
/// In force at once; their secret stays.
#[utoipa::path(
    post, path = "/api/v1/operators/{id}/role", operation_id = "set_operator_role",
    tag = "operators",
    params(("id" = String, Path, description = "The operator's id, `op_…`, or their name where that is unique")),
    request_body = RoleChange,
    responses(
        (status = 200, description = "The operator as they are now", body = OperatorView),
        (status = 404, description = "There is no such operator", body = Problem),
        (status = 409, description = "They were revoked", body = Problem),
        (status = 422, description = "There is no such role", body = Problem),
        (status = 503, description = "It cannot be put on record", body = Problem),
    )
)]
pub async fn set(
    State(state): State<AdminState>,
    MayAdminister(by): MayAdminister,
    PathSegment(id): PathSegment,
    JsonBody(asked): JsonBody<RoleChange>,
) -> Result<Json<OperatorView>, Problem> {
    let operator = state.operators.set_role(&state.operator(&id)?, &asked, &by).await?;
    Ok(Json(OperatorView::at(&operator, state.clock.now())))
}
