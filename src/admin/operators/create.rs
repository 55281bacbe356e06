//! `POST /api/v1/operators`

use super::view::NewSecret;
use crate::{
    admin::{problem::Problem, request::JsonBody, role::MayAdminister, state::AdminState},
    operators::NewOperator,
};
use axum::{Json, extract::State, response::IntoResponse};
use http::{StatusCode, header::LOCATION};

/// Makes an operator
///
/// They are on record and let in when the answer is there.
#[utoipa::path(
    post, path = "/api/v1/operators", operation_id = "create_operator", tag = "operators",
    request_body = NewOperator,
    responses(
        (status = 201, description = "Their secret, shown this once", body = NewSecret),
        (status = 422, description = "All mistakes in the request", body = Problem),
        (status = 503, description = "It cannot be put on record", body = Problem),
    )
)]
pub async fn create(
    State(state): State<AdminState>,
    MayAdminister(by): MayAdminister,
    JsonBody(new): JsonBody<NewOperator>,
) -> Result<impl IntoResponse, Problem> {
    let (plain, operator) = state.operators.create(new, &by).await?;
    let location = format!("/api/v1/operators/{}", operator.id);
    let made = NewSecret::new(&plain, &operator);
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(made)))
}
