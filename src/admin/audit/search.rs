//! `GET /api/v1/audit`

use super::{
    archived::{archived_up_to, found_in_segments},
    filter::AuditSearch,
};
use crate::{
    admin::{
        problem::Problem,
        request::QueryParameters,
        role::{MayView, Names},
        state::AdminState,
    },
    archive::{Archived, PagesError},
    audit::{Entry, counted_in, fold},
    store::{Reader, RecordQuery, StoreError},
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, header::CONTENT_TYPE};

/// The header that says where the next search goes on: its `after`. Absent at the end.
pub const NEXT_AFTER: HeaderName = HeaderName::from_static("ideogate-next-after");

/// The header that says up to which record what was searched may lie in segments, which were not read.
pub const ARCHIVED_UP_TO: HeaderName = HeaderName::from_static("ideogate-archived-up-to");

/// The header that names segments which cannot be read, so that entries may be missing.
pub const MISSING_SEGMENTS: HeaderName = HeaderName::from_static("ideogate-missing");

/// The type of JSON lines.
pub(super) const JSON_LINES: HeaderValue = HeaderValue::from_static("application/x-ndjson");

/// Searches the record
///
/// Answers JSON lines of folded entries, oldest first; `last` begins with the newest so many.
/// `Ideogate-Next-After` says where to go on. A request that is not on record by itself is answered with the
/// summaries that it may be counted in, and `metadata.may_count`. With `archived`, segments are read first.
#[utoipa::path(
    get, path = "/api/v1/audit", operation_id = "audit_search", tag = "audit",
    params(AuditSearch),
    responses(
        (
            status = 200, description = "JSON lines of audit entries, oldest first",
            content_type = "application/x-ndjson", body = String,
            headers(
                ("Ideogate-Next-After" = u64, description = "`after` of the next search"),
                ("Ideogate-Archived-Up-To" = u64, description = "Up to which record segments were not read"),
                ("Ideogate-Missing" = String, description = "Segments that cannot be read"),
            ),
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
    let archived = asked.is_archived().then(|| state.archive.archived());
    let work = move || {
        if let Some(archived) = archived {
            return with_segments(archived, &reader, query, last);
        }
        let up_to = archived_up_to(&reader, query.since)?;
        Ok(Page { archived_up_to: up_to, ..page(&reader, query, last)? })
    };
    let found = state.tasks.run_blocking(work).await.map_err(|_| Problem::stopping())?;
    let page = found.map_err(|cause| match cause {
        PagesError::Store(cause) => Problem::store_unavailable(&cause),
        cause => Problem::internal(&cause),
    })?;
    let mut response = ([(CONTENT_TYPE, JSON_LINES)], page.lines).into_response();
    let headers = response.headers_mut();
    page.next.map(|next| headers.insert(NEXT_AFTER, next.into()));
    page.archived_up_to.map(|up_to| headers.insert(ARCHIVED_UP_TO, up_to.into()));
    // Names of our own making fit into a header.
    if let Some(missing) = (!page.missing.is_empty()).then(|| page.missing.join(","))
        && let Ok(missing) = missing.try_into()
    {
        headers.insert(MISSING_SEGMENTS, missing);
    }
    Ok(response)
}

#[derive(Default)]
struct Page {
    lines: String,
    next: Option<u64>,
    archived_up_to: Option<u64>,
    missing: Vec<String>,
}

/// Returns a page of what is in segments, and then of the database.
fn with_segments(
    archived: Archived,
    reader: &Reader,
    mut query: RecordQuery,
    last: Option<u64>,
) -> Result<Page, PagesError> {
    match found_in_segments(archived, reader, &mut query, last)? {
        Some(found) => {
            let (lines, next) = (lines(&found.entries), Some(found.next));
            Ok(Page { lines, next, missing: found.missing, ..Page::default() })
        }
        None => Ok(page(reader, query, None)?),
    }
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
    Ok(Page { lines: lines(&entries), next, ..Page::default() })
}

fn lines(entries: &[Entry]) -> String {
    let mut lines = String::new();
    for entry in entries {
        lines.push_str(&serde_json::to_string(entry).unwrap_or_default());
        lines.push('\n');
    }
    lines
}
