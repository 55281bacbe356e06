//! `GET /api/v1/status`

use crate::{
    admin::{
        problem::Problem,
        queue::{PauseView, PausedView},
        role::MayView,
        state::AdminState,
    },
    domain::{Timestamp, size_for_calls},
    notify::NotifyStanding,
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
    /// Whether all of it was paused, so that new calls are refused.
    pub paused: bool,
    /// Everything that is paused, the widest first.
    #[serde(default)]
    pub pauses: Vec<PausedView>,
    /// Whether it is shutting down.
    pub draining: bool,
    /// The version of the price table in force.
    #[serde(default)]
    pub price_version: String,
    /// Its data folder.
    pub data_dir: String,
    /// The bytes free on the disk of the data folder; absent when that cannot be measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk_free: Option<u64>,
    /// The bytes that must stay free there.
    pub disk_least: u64,
    /// The bytes of the record's database that hold something, without its write-ahead log; absent when that cannot be measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_bytes: Option<u64>,
    /// The bytes of the write-ahead log beside it, which grows while somebody reads the database for long.
    #[serde(default)]
    pub log_bytes: u64,
    /// The bytes it may grow to; 0 means no bound.
    pub record_most: u64,
    /// The number of the first record in the database; those before are in segments.
    #[serde(default)]
    pub record_first: u64,
    /// Segments that were not deleted.
    #[serde(default)]
    pub segments: u64,
    /// The bytes of their files.
    #[serde(default)]
    pub segment_bytes: u64,
    /// Why old records are not moved, or a segment not deleted; absent while nothing is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive_failed: Option<String>,
    /// What holds records back that are old enough to move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive_held_back: Option<String>,
    /// Whether the database's file stays as large as it is, whatever leaves it.
    #[serde(default)]
    pub keeps_size: bool,
    /// The bytes that calls may still add to it; absent where nothing bounds them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_room: Option<u64>,
    /// When the last backup was made that was kept, as RFC 3339; absent before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub last_backup: Option<Timestamp>,
    /// How telling somebody is going; absent where nobody is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify: Option<NotifyStanding>,
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
        let PauseView { paused, pauses } = state.calls.pauses().into();
        let settings = state.settings.now();
        let dir = &settings.data.dir;
        let (record_bytes, most) = (state.reader.size().ok(), settings.data.max_size);
        let room = |used| size_for_calls(most).map(|all| all.saturating_sub(used));
        let absolute = std::path::absolute(dir).unwrap_or_else(|_| dir.clone());
        let segments = state.reader.segments().unwrap_or_default();
        let there = segments.iter().filter(|one| one.deleted_at.is_none());
        let archive = state.archive.status();
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            obstacles: state.obstacles(),
            warnings: state.doubts.now(),
            paused,
            pauses,
            draining: state.admission.is_draining(),
            price_version: settings.prices.version().to_owned(),
            data_dir: absolute.display().to_string(),
            disk_free: free_space(dir).ok(),
            disk_least: settings.bodies.min_free,
            record_bytes,
            log_bytes: log_size(dir),
            record_first: state.reader.base().map_or(1, |base| base.head.seq + 1),
            segments: there.clone().count() as u64,
            segment_bytes: there.map(|one| one.bytes).sum(),
            archive_failed: archive.failed.map(|failed| failed.message),
            archive_held_back: archive.held_back.map(|held| {
                let call = held.call.map(|call| format!(" ({call})")).unwrap_or_default();
                format!("from record {} on: {}{call}", held.record, held.why)
            }),
            keeps_size: !state.reader.can_shrink().unwrap_or(true),
            record_most: most,
            record_room: record_bytes.and_then(room),
            last_backup: state.backups.last().map(|backup| backup.made_at),
            notify: state.notifier.standing(),
        }
    }
}
