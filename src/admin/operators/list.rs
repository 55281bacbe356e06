//! `GET /api/v1/operators`

use super::view::OperatorView;
use crate::admin::{role::MayView, state::AdminState};
use axum::{Json, extract::State};

/// Lists all operators
///
/// Oldest first; revoked and expired ones too.
#[utoipa::path(
    get, path = "/api/v1/operators", operation_id = "list_operators", tag = "operators",
    responses((status = 200, description = "All operators", body = Vec<OperatorView>))
)]
pub async fn list(State(state): State<AdminState>, _by: MayView) -> Json<Vec<OperatorView>> {
    let now = state.clock.now();
    Json(state.operators.list().iter().map(|one| OperatorView::at(one, now)).collect())
}
