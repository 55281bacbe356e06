//! `GET /api/v1/audit/{id}`

use crate::{
    admin::{problem::Problem, request::PathSegment, role::MayView, state::AdminState},
    audit::{Entry, counted_in, find},
    domain::RequestId,
    store::{Reader, StoreError},
};
use axum::{Json, extract::State};

/// Shows one entry
///
/// A call's id and its request's name the same entry. A refusal that a flood only counted is found as the
/// summary that it may be counted in: `metadata.may_count` is its id then.
#[utoipa::path(
    get, path = "/api/v1/audit/{id}", operation_id = "audit_show", tag = "audit",
    params(("id" = String, Path, description = "The id of a call or of a request")),
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
) -> Result<Json<Entry>, Problem> {
    let (reader, asked) = (state.reader.clone(), id.clone());
    let found = state.tasks.run_blocking(move || look_up(&reader, &asked)).await;
    let found = found.map_err(|_| Problem::stopping())?;
    let found = found.map_err(|cause| Problem::store_unavailable(&cause))?;
    let unknown = || Problem::unknown("entry", &id);
    found.map(Json).ok_or_else(|| state.still_counted(&id).unwrap_or_else(unknown))
}

fn look_up(reader: &Reader, id: &str) -> Result<Option<Entry>, StoreError> {
    if let Some(found) = find(reader, id, None)? {
        return Ok(Some(found));
    }
    Ok(counted_in(reader, &RequestId::from_stored(id), None)?.into_iter().next())
}
