//! `GET /api/v1/audit/{id}`

use super::filter::AuditShow;
use crate::{
    admin::{
        problem::Problem,
        request::{PathSegment, QueryParameters},
        role::MayView,
        state::AdminState,
    },
    archive::{Archived, ArchivedEntries, PagesError},
    audit::{Entry, counted_in, find},
    domain::{CallId, RequestId},
    store::{Reader, RecordQuery, StoreError},
};
use axum::{Json, extract::State};
use std::time::Duration;

/// How far the time in an id may be from that of the entry: what waits in the queue begins later.
const NEAR: Duration = Duration::from_hours(24);

/// Shows one entry
///
/// A call's id and its request's name the same entry. A refusal that a flood only counted is found as the
/// summary that it may be counted in: `metadata.may_count` is its id then.
#[utoipa::path(
    get, path = "/api/v1/audit/{id}", operation_id = "audit_show", tag = "audit",
    params(("id" = String, Path, description = "The id of a call or of a request"), AuditShow),
    responses(
        (status = 200, description = "The audit entry", body = Object),
        (status = 404, description = "Nothing is on record under this id", body = Problem),
        (status = 503, description = "The database cannot be read", body = Problem),
    )
)]
pub async fn show(
    State(state): State<AdminState>,
    _by: MayView,
    PathSegment(id): PathSegment,
    QueryParameters(asked): QueryParameters<AuditShow>,
) -> Result<Json<Entry>, Problem> {
    let (reader, name) = (state.reader.clone(), id.clone());
    let archived = (asked.archived == Some(true)).then(|| state.archive.archived());
    let work = move || match look_up(&reader, &name)? {
        Some(found) => Ok(Some(found)),
        None => archived.map_or(Ok(None), |archived| in_segments(archived, &name)),
    };
    let found = state.tasks.run_blocking(work).await.map_err(|_| Problem::stopping())?;
    let found = found.map_err(|cause| match cause {
        PagesError::Store(cause) => Problem::store_unavailable(&cause),
        cause => Problem::internal(&cause),
    })?;
    let unknown = || Problem::unknown("entry", &id);
    found.map(Json).ok_or_else(|| state.still_counted(&id).unwrap_or_else(unknown))
}

fn look_up(reader: &Reader, id: &str) -> Result<Option<Entry>, StoreError> {
    if let Some(found) = find(reader, id, None)? {
        return Ok(Some(found));
    }
    Ok(counted_in(reader, &RequestId::from_stored(id), None)?.into_iter().next())
}

/// Looks an entry up in the segments of the time that its id tells. Blocks.
fn in_segments(archived: Archived, id: &str) -> Result<Option<Entry>, PagesError> {
    let at = RequestId::from_stored(id.replacen("call_", "req_", 1)).made_at();
    let is_call = id.starts_with("call_");
    let query = RecordQuery {
        since: at.map(|at| at.minus(NEAR)),
        until: at.map(|at| at.plus(NEAR)),
        call: is_call.then(|| CallId::from_stored(id)),
        request: (!is_call).then(|| RequestId::from_stored(id)),
        limit: Some(1),
        ..RecordQuery::default()
    };
    Ok(ArchivedEntries::new(archived, &query).page()?.entries.into_iter().next())
}
