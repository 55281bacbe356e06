//! `GET /api/v1/audit/tail`

use super::search::JSON_LINES;
use crate::{
    admin::{problem::Problem, role::MayView, state::AdminState},
    audit::fold,
    domain::RecordBody,
    store::{Reader, RecordQuery, SealedRecord, StoreError},
    tasks::Tasks,
};
use axum::{body::Body, extract::State, response::IntoResponse};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use http::header::CONTENT_TYPE;
use std::{convert::Infallible, sync::Arc};
use tokio::sync::broadcast::{self, error::RecvError};

const BATCH: usize = 200;

/// Watches the record
///
/// Answers JSON lines as entries come to their end, from now on, until the caller hangs up.
#[utoipa::path(
    get, path = "/api/v1/audit/tail", operation_id = "audit_tail", tag = "audit",
    responses((
        status = 200, description = "JSON lines of audit entries without end",
        content_type = "application/x-ndjson", body = String,
    ))
)]
pub async fn tail(
    State(state): State<AdminState>,
    _by: MayView,
) -> Result<impl IntoResponse, Problem> {
    // Listened to before the last record is looked up, so that none falls in between.
    let news = state.journal.subscribe();
    let reader = state.reader.clone();
    let last = state.tasks.run_blocking(move || reader.head()).await;
    let last = last.map_err(|_| Problem::stopping())?;
    let last = last.map_err(|cause| Problem::store_unavailable(&cause))?.seq;
    let watch = TailWatch { news, reader: state.reader, tasks: state.tasks, last };
    let lines = watch.lines().take_until(state.closing.cancelled_owned());
    Ok(([(CONTENT_TYPE, JSON_LINES)], Body::from_stream(lines)))
}

/// Follows the record by sequence; news only wake it, so that a slow reader misses nothing.
struct TailWatch {
    news: broadcast::Receiver<Arc<SealedRecord>>,
    reader: Reader,
    tasks: Tasks,
    last: u64,
}

impl TailWatch {
    fn lines(self) -> impl Stream<Item = Result<Bytes, Infallible>> {
        stream::unfold(self, async |mut watch| {
            let lines = watch.next().await?;
            Some((Ok(lines), watch))
        })
    }

    /// Waits for entries that came to their end; `None` when the gateway stops or the store fails.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            let (reader, after) = (self.reader.clone(), self.last);
            let read = self.tasks.run_blocking(move || batch(&reader, after)).await.ok()?;
            let (lines, last) = read
                .inspect_err(|error| tracing::error!(%error, "the record could not be watched"))
                .ok()?;
            let is_news = last > self.last;
            self.last = last;
            if !lines.is_empty() {
                return Some(lines.into());
            }
            // Who was too slow for the news (`Lagged`) is woken by that as well: what counts is read from the record.
            if !is_news && matches!(self.news.recv().await, Err(RecvError::Closed)) {
                return None;
            }
        }
    }
}

fn batch(reader: &Reader, after: u64) -> Result<(String, u64), StoreError> {
    let query =
        RecordQuery { after_seq: Some(after), limit: Some(BATCH), ..RecordQuery::default() };
    let (mut lines, mut last) = (String::new(), after);
    for record in reader.records(&query)? {
        last = record.seq;
        for entry in fold(ended(reader, record)?) {
            lines.push_str(&serde_json::to_string(&entry).unwrap_or_default());
            lines.push('\n');
        }
    }
    Ok((lines, last))
}

/// Returns the records of the entry that ends with `record`, or nothing when it goes on.
fn ended(reader: &Reader, record: SealedRecord) -> Result<Vec<SealedRecord>, StoreError> {
    match (&record.record.body, &record.record.call) {
        (RecordBody::Intent(_) | RecordBody::Attempt(_), _) => Ok(Vec::new()),
        (RecordBody::Outcome(_), Some(call)) => {
            reader.records(&RecordQuery { call: Some(call.clone()), ..RecordQuery::default() })
        }
        _ => Ok(vec![record]),
    }
}
