//! A face of the gateway: an axum router, as the connections of a listener ask it.

use super::{
    body::Body, delivery::DeliveryWatch, listener_state::ListenerState, problem::ClientError,
    request_info::RequestInfo, wording::Wording,
};
use crate::{
    domain::{ErrorCode, RequestId},
    telemetry::Metrics,
};
use axum::{Router, body::Body as AxumBody, response::Response as AxumResponse};
use http::{Request, Response, StatusCode, header::CONTENT_LENGTH};
use hyper::body::Incoming;
use parking_lot::Mutex;
use std::{any::Any, future::Future, mem, sync::Arc};
use tower::{ServiceBuilder, ServiceExt};
use tower_http::catch_panic::{CatchPanicLayer, ResponseForPanic};

/// Asks a face, which finds the [`RequestInfo`] among the request's extensions.
///
/// Where the face panics, its client still gets an answer, in the listener's wording.
pub(super) fn ask(
    face: &Router,
    door: &ListenerState,
    info: RequestInfo,
    request: Request<Incoming>,
) -> impl Future<Output = Response<Body>> + Send + use<> {
    let (wording, metrics) = (door.wording.clone(), Arc::clone(&door.metrics));
    let panics = PanicAnswer { wording, metrics, id: info.id.clone() };
    let face = ServiceBuilder::new()
        // Outermost, so that a panic in any layer below is answered too.
        .layer(CatchPanicLayer::custom(panics))
        .layer(door.sensitive.clone())
        .service(face.clone());
    let mut request = request.map(AxumBody::new);
    request.extensions_mut().insert(info);
    async move {
        match face.oneshot(request).await {
            Ok(response) => from_axum(response),
            Err(never) => match never {},
        }
    }
}

/// Answers for a face that panicked; the panic itself is in the log, within the request's span.
#[derive(Debug, Clone)]
struct PanicAnswer {
    wording: Wording,
    metrics: Arc<Metrics>,
    id: RequestId,
}

impl ResponseForPanic for PanicAnswer {
    type ResponseBody = AxumBody;

    fn response_for_panic(&mut self, _cause: Box<dyn Any + Send>) -> AxumResponse {
        let message = "the gateway failed while it answered; the log and the record tell more";
        let problem = ClientError::new(ErrorCode::InternalError, message);
        self.metrics.refused(None, problem.code());
        self.wording.answer(&problem, &self.id).map(AxumBody::from)
    }
}

/// Those who wait for an answer's delivery, while its body may be replaced by the layers of a face.
#[derive(Debug, Clone)]
// Behind `Arc` and lock only because extensions must be `Clone` and `Sync`, which a watch is not.
struct PendingWatches(Arc<Mutex<Vec<DeliveryWatch>>>);

/// Returns an answer as the handler of a face gives it; whoever watches its delivery goes along.
pub fn to_axum(response: Response<Body>) -> AxumResponse {
    let (mut parts, body) = response.into_parts();
    let (content, watches) = body.into_parts();
    if !watches.is_empty() {
        parts.extensions.insert(PendingWatches(Arc::new(Mutex::new(watches))));
    }
    Response::from_parts(parts, content)
}

fn from_axum<B>(mut response: Response<B>) -> Response<Body>
where
    B: http_body::Body<Data = bytes::Bytes, Error: Into<axum::BoxError>> + Send + 'static,
{
    // Axum states the length of every body; these answers have none, and may state none.
    if matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
        response.headers_mut().remove(CONTENT_LENGTH);
    }
    let pending = response.extensions_mut().remove::<PendingWatches>();
    // Taken out of the lock, not cloned: whatever layer kept a copy of the extensions, an end is told once.
    let watches = pending.map(|pending| mem::take(&mut *pending.0.lock())).unwrap_or_default();
    response.map(|content| Body::stream(content).watched_by(watches))
}
