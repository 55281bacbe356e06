//! `GET /api/v1/operators/{id}`

use super::view::OperatorView;
use crate::admin::{problem::Problem, request::PathSegment, role::MayView, state::AdminState};
use axum::{Json, extract::State};

/// Shows one operator
#[utoipa::path(
    get, path = "/api/v1/operators/{id}", operation_id = "show_operator", tag = "operators",
    params(("id" = String, Path, description = "The operator's id, `op_…`, or their name where that is unique")),
    responses(
        (status = 200, description = "The operator", body = OperatorView),
        (status = 404, description = "There is no such operator", body = Problem),
    )
)]
pub async fn show(
    State(state): State<AdminState>,
    _by: MayView,
    PathSegment(id): PathSegment,
) -> Result<Json<OperatorView>, Problem> {
    let operator = state.operators.show(&state.operator(&id)?)?;
    Ok(Json(OperatorView::at(&operator, state.clock.now())))
}
