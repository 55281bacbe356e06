//! `GET /healthz` and `GET /readyz`

use crate::{admin::state::AdminState, store::JournalHealth};
use axum::{Json, extract::State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How the gateway is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HealthView {
    /// `ok` or `unready`.
    pub status: String,
    /// What keeps it from serving calls.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub obstacles: Vec<String>,
}

/// Says that the process lives
#[utoipa::path(
    get, path = "/healthz", operation_id = "healthz", tag = "system",
    responses((status = 200, description = "It is alive", body = HealthView))
)]
pub async fn healthz() -> Json<HealthView> {
    Json(HealthView { status: "ok".to_owned(), obstacles: Vec::new() })
}

/// Says whether calls can be served
#[utoipa::path(
    get, path = "/readyz", operation_id = "readyz", tag = "system",
    responses(
        (status = 200, description = "They can", body = HealthView),
        (status = 503, description = "They cannot, and why", body = HealthView),
    )
)]
pub async fn readyz(State(state): State<AdminState>) -> (StatusCode, Json<HealthView>) {
    let obstacles = state.obstacles();
    if obstacles.is_empty() {
        return (StatusCode::OK, healthz().await);
    }
    let view = HealthView { status: "unready".to_owned(), obstacles };
    (StatusCode::SERVICE_UNAVAILABLE, Json(view))
}

impl AdminState {
    /// Returns what keeps the gateway from serving calls; nothing when it is ready.
    pub(super) fn obstacles(&self) -> Vec<String> {
        let mut found = Vec::new();
        match &*self.journal.health().borrow() {
            JournalHealth::Good => {}
            JournalHealth::Full(reason) => found.push(format!("the record is full: {reason}")),
            JournalHealth::Failed(reason) => {
                found.push(format!("the audit cannot be written: {reason}"));
            }
        }
        if self.admission.status().iter().any(|account| account.draining) {
            found.push("the gateway is shutting down".to_owned());
        }
        found
    }
}
