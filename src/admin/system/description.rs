//! `GET /api/openapi.json`

use crate::admin::role::MayView;
use axum::{Extension, Json};
use utoipa::openapi::OpenApi;

/// Describes this API
#[utoipa::path(
    get, path = "/api/openapi.json", operation_id = "openapi", tag = "system",
    responses((status = 200, description = "An OpenAPI document"))
)]
pub async fn describe(
    _by: MayView,
    Extension(describe): Extension<fn() -> OpenApi>,
) -> Json<OpenApi> {
    Json(describe())
}
