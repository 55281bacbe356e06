//! `GET /api/v1/audit/export`

use super::{
    checkpoint::{NotSigned, sign},
    export_filter::{AuditExport, ExportFormat},
    export_stream::{ExportPages, ExportPlan},
    search::JSON_LINES,
};
use crate::{
    admin::{
        problem::Problem,
        request::{PathSegment, QueryParameters},
        role::{MayOperate, Names},
        state::AdminState,
    },
    audit::export::Format,
    domain::Action,
    store::ChainHead,
};
use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use futures_util::StreamExt;
use http::{HeaderName, HeaderValue, header::CONTENT_TYPE};
use serde_json::{Value, json};
use ulid::Ulid;

/// The header with the export's name, under which its note is found when it came to its end.
pub const EXPORT_NAME: HeaderName = HeaderName::from_static("ideogate-export");

/// The header with the number of the last record that the export can hold.
pub const EXPORT_UP_TO: HeaderName = HeaderName::from_static("ideogate-export-up-to");

/// Exports the record
///
/// Streams all that matches, up to where the record ended when it began. It is signed at its end: JSON lines
/// carry the signature in their last line; that of a table is found under the export's name, as
/// `Ideogate-Export` tells it. Who exports what is put on record first, and is part of the export.
#[utoipa::path(
    get, path = "/api/v1/audit/export", operation_id = "audit_export", tag = "audit",
    params(AuditExport),
    responses(
        (
            status = 200, description = "The export, as JSON lines or as a table",
            content_type = "application/x-ndjson", body = String,
            headers(
                ("Ideogate-Export" = String, description = "Its name"),
                ("Ideogate-Export-Up-To" = u64, description = "The last record it can hold"),
            ),
        ),
        (status = 404, description = "There is no such token", body = Problem),
        (status = 422, description = "All mistakes in the parameters", body = Problem),
        (status = 503, description = "It cannot be put on record or read", body = Problem),
    )
)]
pub async fn export(
    State(state): State<AdminState>,
    MayOperate(by): MayOperate,
    QueryParameters(asked): QueryParameters<AuditExport>,
) -> Result<Response, Problem> {
    let query = asked.search().query(&state, Names::Shown).await?;
    let narrowed = asked.narrowed(&query);
    let is_archived = asked.begins_in_segments(&narrowed)?;
    let mut what = json!({ "format": asked.format, "filter": narrowed });
    if is_archived {
        what["archived"] = true.into();
    }
    // Before the end is signed: so the export itself tells who made it, and none is made unseen.
    let recorded = state.record(by, Action::AuditExport, "audit", [Value::Null, what]).await;
    recorded.map_err(|cause| Problem::audit_unavailable(&cause))?;
    let (reader, notary) = (state.reader.clone(), state.notary.clone());
    let work = move || {
        let base = reader.base().map(|base| base.head).map_err(NotSigned::Read)?;
        Ok::<_, NotSigned>((base, sign(&reader, &notary)?))
    };
    let signed = state.tasks.run_blocking(work).await;
    let (base, signed) = signed.map_err(|_| Problem::stopping())??;
    let base = if is_archived { ChainHead { seq: 0, ..base } } else { base };
    let up_to = signed.checkpoint.seq();
    let name = format!("export_{}", Ulid::generate().to_string().to_lowercase());
    let (format, kind) = match asked.format {
        ExportFormat::Jsonl => (Format::Jsonl, JSON_LINES),
        ExportFormat::Csv => (Format::Csv, HeaderValue::from_static("text/csv; charset=utf-8")),
    };
    let plan =
        ExportPlan { name: name.clone(), query, narrowed, format, signed, is_archived, base };
    // Compression asks once more after the end.
    let body = Body::from_stream(ExportPages::new(&state, plan).stream().fuse());
    let mut response = ([(CONTENT_TYPE, kind)], body).into_response();
    response.headers_mut().insert(EXPORT_UP_TO, up_to.into());
    // A name of our own making fits into a header.
    if let Ok(name) = HeaderValue::try_from(name) {
        response.headers_mut().insert(EXPORT_NAME, name);
    }
    Ok(response)
}

/// Shows what was signed about an export
///
/// Two signed notes: what was exported, with its digest, and the checkpoint of the record then. Known for
/// the last 64 exports that came to their end.
#[utoipa::path(
    get, path = "/api/v1/audit/export/{name}", operation_id = "audit_export_note", tag = "audit",
    params(("name" = String, Path, description = "The export's name")),
    responses(
        (status = 200, description = "Two signed notes", content_type = "text/plain", body = String),
        (status = 404, description = "It did not come to its end, or is forgotten", body = Problem),
    )
)]
pub async fn note(
    State(state): State<AdminState>,
    _by: MayOperate,
    PathSegment(name): PathSegment,
) -> Result<String, Problem> {
    state.exports.find(&name).ok_or_else(|| Problem::unknown("export", &name))
}
