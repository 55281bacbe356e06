//! `GET /api/openapi.json`

use crate::admin::role::MayView;
use axum::{Extension, Json};
use std::sync::Arc;
use utoipa::openapi::OpenApi;

/// Describes this API
#[utoipa::path(
    get, path = "/api/openapi.json", operation_id = "openapi", tag = "system",
    responses((status = 200, description = "An OpenAPI document"))
)]
pub async fn describe(
    _by: MayView,
    Extension(description): Extension<Arc<OpenApi>>,
) -> Json<OpenApi> {
    Json(OpenApi::clone(&description))
}
