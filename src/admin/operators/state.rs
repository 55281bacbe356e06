//! `POST /api/v1/operators/{id}/disable`, `…/enable` and `…/revoke`

use super::view::OperatorView;
use crate::{
    admin::{problem::Problem, request::PathSegment, role::MayAdminister, state::AdminState},
    domain::{Actor, TokenState},
};
use axum::{Json, extract::State};

/// Disables an operator
///
/// They are refused at once, and what they watch ends, until they are enabled again.
#[utoipa::path(
    post, path = "/api/v1/operators/{id}/disable", operation_id = "disable_operator",
    tag = "operators",
    params(("id" = String, Path, description = "The operator's id, `op_…`, or their name where that is unique")),
    responses(
        (status = 200, description = "The operator as they are now", body = OperatorView),
        (status = 404, description = "There is no such operator", body = Problem),
        (status = 409, description = "They were revoked", body = Problem),
    )
)]
pub async fn disable(
    State(state): State<AdminState>,
    MayAdminister(by): MayAdminister,
    PathSegment(id): PathSegment,
) -> Result<Json<OperatorView>, Problem> {
    set(&state, id, TokenState::Disabled, &by).await
}

/// Enables an operator who was disabled
#[utoipa::path(
    post, path = "/api/v1/operators/{id}/enable", operation_id = "enable_operator",
    tag = "operators",
    params(("id" = String, Path, description = "The operator's id, `op_…`, or their name where that is unique")),
    responses(
        (status = 200, description = "The operator as they are now", body = OperatorView),
        (status = 404, description = "There is no such operator", body = Problem),
        (status = 409, description = "They were revoked", body = Problem),
    )
)]
pub async fn enable(
    State(state): State<AdminState>,
    MayAdminister(by): MayAdminister,
    PathSegment(id): PathSegment,
) -> Result<Json<OperatorView>, Problem> {
    set(&state, id, TokenState::Enabled, &by).await
}

/// Revokes an operator for ever
///
/// They are refused at once, and what they watch ends. Their name is free again.
#[utoipa::path(
    post, path = "/api/v1/operators/{id}/revoke", operation_id = "revoke_operator",
    tag = "operators",
    params(("id" = String, Path, description = "The operator's id, `op_…`, or their name where that is unique")),
    responses(
        (status = 200, description = "The operator as they are now", body = OperatorView),
        (status = 404, description = "There is no such operator", body = Problem),
    )
)]
pub async fn revoke(
    State(state): State<AdminState>,
    MayAdminister(by): MayAdminister,
    PathSegment(id): PathSegment,
) -> Result<Json<OperatorView>, Problem> {
    set(&state, id, TokenState::Revoked, &by).await
}

async fn set(
    state: &AdminState,
    id: String,
    to: TokenState,
    by: &Actor,
) -> Result<Json<OperatorView>, Problem> {
    let operator = state.operators.set_state(&state.operator(&id)?, to, by).await?;
    Ok(Json(OperatorView::at(&operator, state.clock.now())))
}
