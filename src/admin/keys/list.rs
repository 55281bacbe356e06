//! `GET /api/v1/keys`

use crate::{
    admin::{role::MayView, state::AdminState},
    keys::KeyView,
};
use axum::{Json, extract::State};

/// Lists Ideogram's keys
///
/// By their last four characters: those in service, those that wait, those that were refused, and the
/// last ones that were retired.
#[utoipa::path(
    get, path = "/api/v1/keys", operation_id = "list_keys", tag = "keys",
    responses((status = 200, description = "All keys", body = Vec<KeyView>))
)]
pub async fn list(State(state): State<AdminState>, _by: MayView) -> Json<Vec<KeyView>> {
    Json(state.keys.list())
}
