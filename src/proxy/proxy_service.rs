//! The door: every request comes in here, and every answer leaves here.

use super::{
    Gateway,
    answer::{note_always, note_summary, note_waiting},
    incoming_request::{IncomingRequest, RequestContext},
    pipeline,
    rejection::Rejection,
};
use crate::{
    domain::{Action, AuditRecord, ErrorCode, Principal, RecordBody, Refusal, RequestId},
    web::{Body, to_axum},
};
use axum::response::Response as AxumResponse;
use futures_util::{FutureExt, future::BoxFuture};
use http::Response;
use std::{
    future::{Future, ready},
    net::IpAddr,
    sync::Arc,
    thread,
};
use tokio::time::Instant;

/// An answer, or why there is none of Ideogram's.
pub(super) type Answered = Result<Response<Body>, Rejection>;

/// What axum calls for a path of the data plane.
pub(super) trait RouteHandler:
    Fn(IncomingRequest) -> BoxFuture<'static, AxumResponse> + Clone + Send + Sync + 'static
{
}

impl<F> RouteHandler for F where
    F: Fn(IncomingRequest) -> BoxFuture<'static, AxumResponse> + Clone + Send + Sync + 'static
{
}

/// Answers the requests of the data plane; clones share everything.
#[derive(Debug, Clone)]
pub struct ProxyService(Gateway);

impl ProxyService {
    /// Opens the door of a gateway.
    pub fn new(gateway: Gateway) -> Self {
        Self(gateway)
    }

    /// Returns what axum calls for a path that `answer` answers.
    pub(super) fn handler<F, Answer>(&self, answer: F) -> impl RouteHandler + use<F, Answer>
    where
        F: Fn(Gateway, IncomingRequest) -> Answer + Clone + Send + Sync + 'static,
        Answer: Future<Output = Answered> + Send + 'static,
    {
        let door = self.clone();
        move |request: IncomingRequest| {
            let (door, answer) = (door.clone(), answer.clone());
            async move { door.answer(request, answer).await }.boxed()
        }
    }

    /// Returns what axum calls for a path that is answered without waiting.
    pub(super) fn at_once<F>(&self, answer: F) -> impl RouteHandler + use<F>
    where
        F: Fn(&Gateway, &IncomingRequest) -> Answered + Clone + Send + Sync + 'static,
    {
        self.handler(move |gateway, request| ready(answer(&gateway, &request)))
    }

    /// Takes a call through the pipeline.
    pub(super) async fn call(self, incoming: IncomingRequest) -> Answered {
        let (request, received) = (incoming.request.clone(), incoming.received);
        let leaves = Leaves::new(&self, &incoming);
        let answer = pipeline::run(&self.0, incoming).await;
        // Of a refusal, too: `refuse` puts it on record, and a second one would tell of a second call.
        leaves.stays();
        answer.map(|answer| answer.into_response(&request, received))
    }

    /// Answers one request.
    async fn answer<F, Answer>(self, incoming: IncomingRequest, answer: F) -> AxumResponse
    where
        F: FnOnce(Gateway, IncomingRequest) -> Answer,
        Answer: Future<Output = Answered>,
    {
        let (request, received, client) =
            (incoming.request.clone(), incoming.received, incoming.client);
        let request_context = Arc::clone(&incoming.request_context);
        let mut response = match answer(self.0.clone(), incoming).await {
            Ok(response) => response,
            Err(refused) => self.reject(refused, &request, &request_context, received, client),
        };
        note_always(response.headers_mut(), &request_context);
        note(&request_context);
        to_axum(response)
    }

    /// Answers with a problem, records the refusal, and counts it.
    fn reject(
        &self,
        refused: Rejection,
        request: &RequestId,
        request_context: &RequestContext,
        received: Instant,
        client: IpAddr,
    ) -> Response<Body> {
        if refused.sent.is_none() {
            self.0.metrics.refused(request_context.environment(), refused.problem.code());
            self.record(&refused, request, request_context, client);
        }
        let Rejection { problem, sent, .. } = refused;
        let mut response = problem.into_response(request, &self.0.links);
        match sent {
            Some(summary) => note_summary(response.headers_mut(), &summary, received),
            None => note_waiting(response.headers_mut(), request_context, received),
        }
        response
    }

    /// Puts a refusal on record without waiting for the disk; floods are counted instead.
    fn record(
        &self,
        refused: &Rejection,
        request: &RequestId,
        request_context: &RequestContext,
        client: IpAddr,
    ) {
        let record = refusal_record(&self.0, refused, request, request_context, client);
        if let Some(record) = self.0.refusals.observe(record)
            && let Err(not_appended) =
                self.0.journal.append(record, request_context.person.get().cloned())
        {
            self.0.refusals.count(&not_appended.0);
        }
    }
}

/// Goes with a call until it is answered; dropped before that, its client went away, and a call that
/// belongs to nobody then is put on record here.
struct Leaves<'d> {
    door: &'d ProxyService,
    request: RequestId,
    request_context: Arc<RequestContext>,
    client: IpAddr,
    is_answered: bool,
}

impl<'d> Leaves<'d> {
    fn new(door: &'d ProxyService, incoming: &IncomingRequest) -> Self {
        let (request, request_context) =
            (incoming.request.clone(), Arc::clone(&incoming.request_context));
        Self { door, request, request_context, client: incoming.client, is_answered: false }
    }

    fn stays(mut self) {
        self.is_answered = true;
    }

    fn refusal(&self) -> Rejection {
        if thread::panicking() {
            return Rejection::internal("a fault of the gateway ended the request");
        }
        if self.door.0.admission.is_draining() {
            return Rejection::new(ErrorCode::Draining, "the gateway stopped before it was sent");
        }
        let when = match self.request_context.waits_since.get() {
            Some(_) => "the client went away while the call waited for its places",
            None => "the client went away before the call was sent",
        };
        Rejection::new(ErrorCode::ClientGone, when)
    }
}

impl Drop for Leaves<'_> {
    fn drop(&mut self) {
        // Without a token there is no call yet, and nobody whose it could be.
        if self.is_answered
            || self.request_context.handed_over.is()
            || self.request_context.token.get().is_none()
        {
            return;
        }
        let refused = self.refusal();
        // Who answers for a fault counts it.
        if !thread::panicking() {
            let environment = self.request_context.environment();
            self.door.0.metrics.refused(environment, refused.problem.code());
        }
        self.door.record(&refused, &self.request, &self.request_context, self.client);
    }
}

fn refusal_record(
    gateway: &Gateway,
    refused: &Rejection,
    request: &RequestId,
    request_context: &RequestContext,
    client: IpAddr,
) -> AuditRecord {
    let code = refused.problem.code();
    let token = request_context.token.get();
    let refusal = Refusal {
        code,
        status: code.status(),
        reason: refused.reason.clone().unwrap_or_else(|| refused.problem.message().into()),
        token: token.map(|token| token.id.clone()),
        environment: request_context.environment().cloned(),
        route: request_context.route.get().map(|route| route.name.clone()),
        on_behalf_of: None,
        places: request_context.places.get().copied().unwrap_or(0),
        queue_ms: u64::try_from(request_context.waited().as_millis()).unwrap_or(u64::MAX),
        client_addr: client.to_string().into(),
        secret: request_context.secret.get().copied(),
        user: None,
        owner: token.and_then(|token| token.owner.clone()),
    };
    let route = request_context.route.get().map(|route| route.name.as_str());
    let (action, resource) =
        request_context.own.get().copied().unwrap_or((Action::Call, route.unwrap_or("unlisted")));
    AuditRecord {
        at: gateway.clock.now(),
        action: action.into(),
        principal: token
            .map_or(Principal::Anonymous(client), |token| Principal::Token(token.id.clone())),
        resource: resource.into(),
        call: None,
        request: Some(request.clone()),
        body: RecordBody::Refusal(Box::new(refusal)),
    }
}

/// Adds what was learnt of the request to its span, which the listener's last line shows.
fn note(request_context: &RequestContext) {
    let span = tracing::Span::current();
    if let Some(token) = request_context.token.get() {
        span.record("token.id", token.id.as_str());
        span.record("environment", token.environment.as_str());
    }
    if let Some(route) = request_context.route.get() {
        span.record("route", route.name.as_str());
    }
}
