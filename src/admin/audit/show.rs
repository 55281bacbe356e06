//! `GET /api/v1/audit/{id}`

use crate::{
    admin::{problem::Problem, request::Named, role::MayView, state::AdminState},
    audit::{Entry, fold},
    domain::{CallId, RequestId},
    store::{Reader, RecordQuery, StoreError},
};
use axum::{Json, extract::State};

/// Shows one entry
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
    Named(id): Named,
) -> Result<Json<Entry>, Problem> {
    let (reader, asked) = (state.reader.clone(), id.clone());
    let found = state.tasks.block(move || find(&reader, &asked)).await;
    let found = found.map_err(|_| Problem::stopping())?;
    let found = found.map_err(|cause| Problem::store_unavailable(&cause))?;
    found.map(Json).ok_or_else(|| Problem::unknown("entry", &id))
}

fn find(reader: &Reader, id: &str) -> Result<Option<Entry>, StoreError> {
    let mut query = RecordQuery { limit: Some(1), ..RecordQuery::default() };
    if id.starts_with("call_") {
        query.call = Some(CallId::from_stored(id));
    } else {
        query.request = Some(RequestId::from_stored(id));
    }
    Ok(fold(reader.entry_records(&query)?).into_iter().next())
}
