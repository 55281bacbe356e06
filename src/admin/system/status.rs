//! `GET /api/v1/status`

use crate::{
    admin::{problem::Problem, role::MayView, state::AdminState},
    spool::free_space,
    store::log_size,
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
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
    let tasks = state.tasks.clone();
    let looked = tasks.run_blocking(move || StatusView::collect(&state)).await;
    looked.map(Json).map_err(|_| Problem::stopping())
}

impl StatusView {
    /// Looks at the gateway, its data folder and its files. Blocks.
    fn collect(state: &AdminState) -> Self {
        let (accounts, settings) = (state.admission.status(), state.settings.now());
        let dir = &settings.data.dir;
        let absolute = std::path::absolute(dir).unwrap_or_else(|_| dir.clone());
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            obstacles: state.obstacles(),
            warnings: state.doubts.now(),
            paused: accounts.iter().any(|account| account.paused),
            draining: accounts.iter().any(|account| account.draining),
            data_dir: absolute.display().to_string(),
            disk_free: free_space(dir).ok(),
            disk_least: settings.bodies.min_free,
            record_bytes: state.reader.size().ok(),
            log_bytes: log_size(dir),
            record_most: settings.data.max_size,
        }
    }
}
