//! `POST /api/v1/config/reload`

use crate::admin::{
    problem::Problem,
    reload_handle::{ReloadError, ReloadRequest, ReloadedView},
    request::JsonBody,
    role::MayAdminister,
    state::AdminState,
};
use axum::{Json, extract::State};

/// Reloads the settings
///
/// The file and the variables are read again and checked whole: a mistake changes nothing. What can be changed while
/// the gateway runs is in force when this returns, the rest is named and keeps its values.
#[utoipa::path(
    post, path = "/api/v1/config/reload", operation_id = "reload_settings", tag = "settings",
    request_body = ReloadRequest,
    responses(
        (status = 200, description = "What is in force", body = ReloadedView),
        (status = 422, description = "The settings hold mistakes", body = Problem),
        (status = 503, description = "It cannot be put on record", body = Problem),
    )
)]
pub async fn reload(
    State(state): State<AdminState>,
    MayAdminister(by): MayAdminister,
    JsonBody(asked): JsonBody<ReloadRequest>,
) -> Result<Json<ReloadedView>, Problem> {
    state.reload.reload(asked, by).await.map(Json).map_err(|error| match error {
        ReloadError::Mistakes { said, mistakes } => Problem::settings_invalid(said, mistakes),
        ReloadError::Unrecorded(cause) => Problem::audit_unavailable(&cause),
        ReloadError::Stopping => Problem::stopping(),
    })
}
