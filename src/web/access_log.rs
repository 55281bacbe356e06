//! The one line that a request leaves in the log.

use super::{body::Body, delivery::DeliveryEnd, strict::ConnectionNotes};
use crate::{domain::ErrorCode, tasks::WorkGuard};
use http::Response;
use std::sync::Arc;
use tokio::time::Instant;
use tracing::Span;

/// Writes the final line of a request exactly once: when its answer is out, or when it is dropped
/// because the client went away, or the gateway.
#[derive(Debug)]
pub(super) struct AccessLog {
    span: Span,
    started: Instant,
    /// Whether the line is for those only who look closely.
    is_quiet: bool,
    /// The connection it came on.
    wire: Arc<ConnectionNotes>,
    answer: Option<AnswerSummary>,
    /// Keeps the gateway from ending before, where it is to wait for this request.
    _work: Option<WorkGuard>,
}

#[derive(Debug, Clone, Copy)]
struct AnswerSummary {
    status: u16,
    code: Option<ErrorCode>,
    delivery: DeliveryEnd,
}

impl AccessLog {
    pub(super) fn new(
        span: Span,
        started: Instant,
        is_quiet: bool,
        wire: Arc<ConnectionNotes>,
        work: Option<WorkGuard>,
    ) -> Self {
        Self { span, started, is_quiet, wire, answer: None, _work: work }
    }

    /// Waits for the end of the answer's delivery.
    pub(super) fn watch(mut self, response: Response<Body>) -> Response<Body> {
        let status = response.status().as_u16();
        let code = response.extensions().get::<ErrorCode>().copied();
        response.map(|body| {
            body.watched(move |delivery| {
                self.answer = Some(AnswerSummary { status, code, delivery });
                // The line is written by the drop, here as wherever else an answer ends.
                drop(self);
            })
        })
    }

    fn write(&self) {
        #[expect(clippy::cast_possible_truncation, reason = "no request takes so long")]
        let duration_ms = self.started.elapsed().as_micros() as u64 / 1000;
        let Some(answer) = self.answer else {
            return self.write_without_answer(duration_ms);
        };
        let (status, code) = (answer.status, answer.code.map(ErrorCode::as_str));
        match answer.delivery {
            DeliveryEnd::Gone { sent } if self.wire.is_cut_off() => {
                tracing::warn!(
                    status,
                    code,
                    duration_ms,
                    sent,
                    "cut off during its answer: the gateway ended"
                );
            }
            DeliveryEnd::Gone { sent } => {
                tracing::info!(
                    status,
                    code,
                    duration_ms,
                    sent,
                    "client went away during its answer"
                );
            }
            DeliveryEnd::Whole if self.is_quiet => {
                tracing::debug!(status, code, duration_ms, "answered");
            }
            DeliveryEnd::Whole => tracing::info!(status, code, duration_ms, "answered"),
        }
    }

    fn write_without_answer(&self, duration_ms: u64) {
        if self.wire.is_cut_off() {
            tracing::warn!(duration_ms, "cut off before its answer: the gateway ended");
        } else {
            tracing::info!(duration_ms, "client went away before its answer");
        }
    }
}

impl Drop for AccessLog {
    fn drop(&mut self) {
        self.span.in_scope(|| self.write());
    }
}
