//! `GET /api/v1/audit`

use super::filter::AuditSearch;
use crate::{
    admin::{
        problem::Problem,
        request::QueryParameters,
        role::{MayView, Names},
        state::AdminState,
    },
    audit::{counted_in, fold},
    store::{Reader, RecordQuery, StoreError},
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, header::CONTENT_TYPE};

/// The header that says where the next search goes on: its `after`. Absent at the end.
pub const NEXT_AFTER: HeaderName = HeaderName::from_static("ideogate-next-after");

/// The type of JSON lines.
pub(super) const JSON_LINES: HeaderValue = HeaderValue::from_static("application/x-ndjson");

/// Searches the record
///
/// Answers JSON lines of folded entries, oldest first; `last` begins with the newest so many.
/// `Ideogate-Next-After` says where to go on. A request that is not on record by itself is answered with the
/// summaries that it may be counted in, and `metadata.may_count`.
#[utoipa::path(
    get, path = "/api/v1/audit", operation_id = "audit_search", tag = "audit",
    params(AuditSearch),
    responses(
        (
            status = 200, description = "JSON lines of audit entries, oldest first",
            content_type = "application/x-ndjson", body = String,
            headers(("Ideogate-Next-After" = u64, description = "`after` of the next search")),
        ),
        (status = 404, description = "Nothing is known of the token, request or call", body = Problem),
        (status = 422, description = "All mistakes in the parameters", body = Problem),
        (status = 503, description = "The database cannot be read", body = Problem),
    )
)]
pub async fn search(
    State(state): State<AdminState>,
    _by: MayView,
    names: Names,
    QueryParameters(asked): QueryParameters<AuditSearch>,
) -> Result<Response, Problem> {
    let query = asked.query(&state, names).await?;
    let reader = state.reader.clone();
    let last = asked.last;
    let found = state.tasks.run_blocking(move || page(&reader, query, last)).await;
    let page = found.map_err(|_| Problem::stopping())?;
    let page = page.map_err(|cause| Problem::store_unavailable(&cause))?;
    let mut response = ([(CONTENT_TYPE, JSON_LINES)], page.lines).into_response();
    if let Some(next) = page.next {
        response.headers_mut().insert(NEXT_AFTER, next.into());
    }
    Ok(response)
}

struct Page {
    lines: String,
    next: Option<u64>,
}

fn page(reader: &Reader, mut query: RecordQuery, last: Option<u64>) -> Result<Page, StoreError> {
    if let Some(last) = last
        && let Some(begins) = reader.begins_last(&query, last)?
    {
        query.after_seq = Some(begins.saturating_sub(1));
    }
    let mut entries = fold(reader.entry_records(&query)?);
    // On the first page only: behind it, no entry means the end.
    if let (true, None, Some(request)) = (entries.is_empty(), query.after_seq, &query.request) {
        entries = counted_in(reader, request, query.token.as_ref())?;
    }
    let is_full = Some(entries.len()) == query.limit;
    let next = entries.last().map(|last| last.metadata.seq).filter(|_| is_full);
    let mut lines = String::new();
    for entry in entries {
        lines.push_str(&serde_json::to_string(&entry).unwrap_or_default());
        lines.push('\n');
    }
    Ok(Page { lines, next })
}
