//! `GET /metrics`

use crate::{admin::state::AdminState, telemetry::MetricsFormat};
use axum::{extract::State, response::IntoResponse};
use http::{
    HeaderMap,
    header::{ACCEPT, CONTENT_TYPE, VARY},
};

/// Returns the metrics
///
/// In the format that `Accept` prefers: `OpenMetrics` 1.0.0, or the text format 0.0.4 of Prometheus,
/// which is also the answer when neither is named.
#[utoipa::path(
    get, path = "/metrics", operation_id = "metrics", tag = "system",
    responses((
        status = 200, description = "The metrics",
        content((String = "text/plain"), (String = "application/openmetrics-text")),
    ))
)]
pub async fn metrics(State(state): State<AdminState>, headers: HeaderMap) -> impl IntoResponse {
    let accept: Vec<_> =
        headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    let format = MetricsFormat::preferred(&accept.join(","));
    ([(CONTENT_TYPE, format.content_type()), (VARY, "accept")], state.vitals.metrics(format))
}
