//! `GET` and `POST /api/v1/audit/archive`

use crate::{
    admin::{
        problem::Problem,
        request::JsonBody,
        role::{MayAdminister, MayView},
        span::{day, mistake},
        state::AdminState,
    },
    archive::{ArchiveError, ArchiveStatus, HeldBack},
    domain::Timestamp,
};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which records are to move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ArchiveRequest {
    /// The first UTC day that stays, as in `2026-11-01`.
    pub before: String,
    /// Whether to say only what would move.
    #[serde(default)]
    pub dry_run: bool,
}

/// How far it is with records that move into segments.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ArchiveView {
    /// Whether it goes on.
    pub running: bool,
    /// Up to when records move, as RFC 3339; absent before the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What is being done, in one word.
    pub step: String,
    /// Records that left the database so far.
    pub records_done: u64,
    /// Records that are to leave, as far as that is known.
    pub records_of: u64,
    /// The segments that were made.
    pub segments: Vec<MovedSegmentView>,
    /// The bytes by which the database became smaller.
    pub freed_bytes: u64,
    /// The bytes of the database; absent when that cannot be measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database_bytes: Option<u64>,
    /// The folder that segments are in.
    pub folder: String,
    /// What holds records back that are old enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_back: Option<HeldBackView>,
    /// Why it ended too soon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<ArchiveFailureView>,
}

/// A segment that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MovedSegmentView {
    /// The name of its file.
    pub name: String,
    /// The number of its first record.
    pub first: u64,
    /// The number of its last record.
    pub last: u64,
    /// How many records are in it.
    pub records: u64,
    /// The bytes of its file.
    pub bytes: u64,
}

/// Why records that are old enough stay in the database for now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldBackView {
    /// The number of the first of them.
    pub record: u64,
    /// The call that it belongs to, if that is why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// Why.
    pub why: String,
}

/// Why records were not moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ArchiveFailureView {
    /// The stable code.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// Since when, as RFC 3339.
    pub since: String,
}

/// Shows how far it is with records that move into segments
#[utoipa::path(
    get, path = "/api/v1/audit/archive", operation_id = "audit_archive_status", tag = "audit",
    responses(
        (status = 200, description = "What is moved, or was moved last", body = ArchiveView),
        (status = 503, description = "The gateway is stopping", body = Problem),
    )
)]
pub async fn show(
    State(state): State<AdminState>,
    _by: MayView,
) -> Result<Json<ArchiveView>, Problem> {
    let status = state.archive.status();
    view(&state, status).await.map(Json)
}

/// Moves old days of the record into segments
///
/// In the background: the answer comes at once, and `GET` tells how far it is. Each segment is on record.
/// Whole UTC days move, up to the one that is named; what more may come of keeps its day in the database.
#[utoipa::path(
    post, path = "/api/v1/audit/archive", operation_id = "audit_archive", tag = "audit",
    request_body = ArchiveRequest,
    responses(
        (status = 200, description = "What would move, for a dry run", body = ArchiveView),
        (status = 202, description = "It goes on in the background", body = ArchiveView),
        (status = 409, description = "Records are being moved already", body = Problem),
        (status = 422, description = "That is no day, or one that has not begun", body = Problem),
        (status = 503, description = "The database cannot be read", body = Problem),
    )
)]
pub async fn start(
    State(state): State<AdminState>,
    MayAdminister(by): MayAdminister,
    JsonBody(asked): JsonBody<ArchiveRequest>,
) -> Result<Response, Problem> {
    let before = first_that_stays(&asked.before, state.clock.now())?;
    if asked.dry_run {
        let outlook = state.archive.outlook(before).await;
        let (records_of, held_back) = outlook.map_err(|error| problem(&error))?;
        let status = ArchiveStatus {
            before: Some(before),
            records_of,
            held_back,
            ..ArchiveStatus::default()
        };
        return Ok(Json(view(&state, status).await?).into_response());
    }
    state.archive.ask(before, by).map_err(|error| problem(&error))?;
    let status = state.archive.status();
    Ok((StatusCode::ACCEPTED, Json(view(&state, status).await?)).into_response())
}

/// Reads the first day that stays. Today may be named: it is not among what moves.
fn first_that_stays(text: &str, now: Timestamp) -> Result<Timestamp, Problem> {
    let wrong = |problem: String| Problem::invalid(vec![mistake("before", &problem)]);
    let day = day(text).ok_or_else(|| wrong(format!("'{text}' is no day like 2026-01-31")))?;
    if day > now {
        return Err(wrong(format!("'{text}' has not begun yet; today is the last day to name")));
    }
    Ok(day)
}

fn problem(error: &ArchiveError) -> Problem {
    match error {
        ArchiveError::Running => Problem::conflict(error.code(), error.to_string()),
        ArchiveError::Store(cause) => Problem::store_unavailable(cause),
        ArchiveError::Stopping => Problem::stopping(),
        error => Problem::internal(error),
    }
}

/// Returns a status as it is shown.
async fn view(state: &AdminState, status: ArchiveStatus) -> Result<ArchiveView, Problem> {
    let (reader, archive) = (state.reader.clone(), state.archive.clone());
    let looked = state.tasks.run_blocking(move || (reader.file_size().ok(), archive.folder()));
    let (database_bytes, folder) = looked.await.map_err(|_| Problem::stopping())?;
    let segments = status.segments.into_iter().map(|segment| MovedSegmentView {
        records: segment.last - segment.first + 1,
        name: segment.name,
        first: segment.first,
        last: segment.last,
        bytes: segment.bytes,
    });
    Ok(ArchiveView {
        running: status.running,
        before: status.before.map(|before| before.to_string()),
        step: status.step.to_owned(),
        records_done: status.records_done,
        records_of: status.records_of,
        segments: segments.collect(),
        freed_bytes: status.freed_bytes,
        database_bytes,
        folder: folder.display().to_string(),
        held_back: status.held_back.map(HeldBackView::of),
        failed: status.failed.map(|failed| ArchiveFailureView {
            code: failed.code.to_owned(),
            message: failed.message,
            since: failed.since.to_string(),
        }),
    })
}

impl HeldBackView {
    fn of(held_back: HeldBack) -> Self {
        let call = held_back.call.map(|call| call.as_str().to_owned());
        Self { record: held_back.record, call, why: held_back.why.to_owned() }
    }
}
