//! `GET /metrics`

use crate::{admin::state::AdminState, telemetry::Metrics};
use axum::{extract::State, response::IntoResponse};
use http::header::CONTENT_TYPE;

/// Returns the metrics
#[utoipa::path(
    get, path = "/metrics", operation_id = "metrics", tag = "system",
    responses((
        status = 200, description = "OpenMetrics text",
        content_type = "application/openmetrics-text", body = String,
    ))
)]
pub async fn metrics(State(state): State<AdminState>) -> impl IntoResponse {
    ([(CONTENT_TYPE, Metrics::CONTENT_TYPE)], state.vitals.metrics())
}
