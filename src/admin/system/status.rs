//! `GET /api/v1/status`

use crate::admin::{problem::Problem, role::MayView, state::AdminState};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// How the gateway is just now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatusView {
    /// The version that runs.
    pub version: String,
    /// What keeps it from serving calls; empty when it is ready.
    pub obstacles: Vec<String>,
    /// What works on its machine and deserves a look, as who can read the files with its keys.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// Whether it was paused, so that new calls are refused.
    pub paused: bool,
    /// Whether it is shutting down.
    pub draining: bool,
    /// Its data folder.
    pub data_dir: String,
    /// The bytes free on the disk of the data folder; absent when that cannot be measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk_free: Option<u64>,
    /// The bytes that must stay free there.
    pub disk_least: u64,
    /// The bytes of the record's database without its write-ahead log; absent when that cannot be measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_bytes: Option<u64>,
    /// The bytes of the write-ahead log beside it, which grows while somebody reads the database for long.
    #[serde(default)]
    pub log_bytes: u64,
    /// The bytes it may grow to; 0 means no bound.
    pub record_most: u64,
}

/// Tells how the gateway is
///
/// Whether it serves calls or what keeps it from that, and how much room is left for its record.
#[utoipa::path(
    get, path = "/api/v1/status", operation_id = "status", tag = "system",
    responses(
        (status = 200, description = "How it is", body = StatusView),
        (status = 503, description = "The gateway is stopping", body = Problem),
    )
)]
pub async fn status(
    State(state): State<AdminState>,
    _by: MayView,
) -> Result<Json<StatusView>, Problem> {
    let vitals = Arc::clone(&state.vitals);
    let looked = state.tasks.run_blocking(move || (vitals.folder(), vitals.warnings())).await;
    let (folder, warnings) = looked.map_err(|_| Problem::stopping())?;
    let accounts = state.admission.status();
    Ok(Json(StatusView {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        obstacles: state.vitals.obstacles(),
        warnings,
        paused: accounts.iter().any(|account| account.paused),
        draining: accounts.iter().any(|account| account.draining),
        data_dir: folder.dir,
        disk_free: folder.free,
        disk_least: state.settings.bodies.min_free,
        record_bytes: folder.record,
        log_bytes: folder.log,
        record_most: state.settings.data.max_size,
    }))
}
