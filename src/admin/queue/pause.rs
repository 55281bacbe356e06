//! `GET` and `POST /api/v1/pause`, and `POST /api/v1/resume`

use crate::{
    admin::{
        problem::Problem,
        role::{MayOperate, MayView},
        state::AdminState,
    },
    domain::{Action, Actor},
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// Whether calls are let through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PauseView {
    /// `true` when new calls are refused with 503 `paused`.
    pub paused: bool,
}

/// Says whether the gateway is paused
#[utoipa::path(
    get, path = "/api/v1/pause", operation_id = "show_pause", tag = "queue",
    responses((status = 200, description = "Whether it is", body = PauseView))
)]
pub async fn show(State(state): State<AdminState>, _by: MayView) -> Json<PauseView> {
    let paused = state.admission.status().iter().any(|account| account.paused);
    Json(PauseView { paused })
}

/// Pauses the gateway
///
/// No new call is sent; calls that were sent go on. Lasts until resumed or restarted.
#[utoipa::path(
    post, path = "/api/v1/pause", operation_id = "pause", tag = "queue",
    responses(
        (status = 200, description = "The gateway is paused", body = PauseView),
        (status = 503, description = "It cannot be put on record", body = Problem),
    )
)]
pub async fn pause(
    State(state): State<AdminState>,
    MayOperate(by): MayOperate,
) -> Result<Json<PauseView>, Problem> {
    set(state, by, PauseView { paused: true }, Action::QueuePause).await
}

/// Resumes the gateway
#[utoipa::path(
    post, path = "/api/v1/resume", operation_id = "resume", tag = "queue",
    responses(
        (status = 200, description = "Calls are let through", body = PauseView),
        (status = 503, description = "It cannot be put on record", body = Problem),
    )
)]
pub async fn resume(
    State(state): State<AdminState>,
    MayOperate(by): MayOperate,
) -> Result<Json<PauseView>, Problem> {
    set(state, by, PauseView { paused: false }, Action::QueueResume).await
}

async fn set(
    state: AdminState,
    by: Actor,
    to: PauseView,
    action: Action,
) -> Result<Json<PauseView>, Problem> {
    let tasks = state.tasks.clone();
    // Work of its own: what is on record happens, whoever hangs up.
    let work = async move {
        let was = state.admission.status().iter().any(|account| account.paused);
        let change = [json!({ "paused": was }), json!({ "paused": to.paused })];
        let recorded = state.record(by, action, "queue", change).await;
        recorded.map_err(|cause| Problem::audit_unavailable(&cause))?;
        state.admission.pause(to.paused);
        Ok(Json(to))
    };
    tasks.spawn_tracked("queue.pause", work).await.map_err(|_| Problem::stopping())?
}
