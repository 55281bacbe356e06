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
    pub(super) async fn call(self, knock: IncomingRequest) -> Answered {
        let (request, received) = (knock.request.clone(), knock.received);
        let leaves = Leaves::of(&self, &knock);
        let answer = pipeline::run(&self.0, knock).await;
        // Of a refusal, too: `refuse` puts it on record, and a second one would tell of a second call.
        leaves.stays();
        answer.map(|answer| answer.into_response(&request, received))
    }

    /// Answers one request.
    async fn answer<F, Answer>(self, knock: IncomingRequest, answer: F) -> AxumResponse
    where
        F: FnOnce(Gateway, IncomingRequest) -> Answer,
        Answer: Future<Output = Answered>,
    {
        let (request, received, client) = (knock.request.clone(), knock.received, knock.client);
        let trail = Arc::clone(&knock.trail);
        let mut response = match answer(self.0.clone(), knock).await {
            Ok(response) => response,
            Err(refused) => self.refuse(refused, &request, &trail, received, client),
        };
        note_always(response.headers_mut(), &trail);
        note(&trail);
        to_axum(response)
    }

    /// Answers with a problem, records the refusal, and counts it.
    fn refuse(
        &self,
        refused: Rejection,
        request: &RequestId,
        trail: &RequestContext,
        received: Instant,
        client: IpAddr,
    ) -> Response<Body> {
        if refused.sent.is_none() {
            self.0.metrics.refused(refused.problem.code());
            self.record(&refused, request, trail, client);
        }
        let Rejection { problem, sent, .. } = refused;
        let mut response = problem.into_response(request);
        match sent {
            Some(summary) => note_summary(response.headers_mut(), &summary, received),
            None => note_waiting(response.headers_mut(), trail, received),
        }
        response
    }

    /// Puts a refusal on record without waiting for the disk; floods are counted instead.
    fn record(
        &self,
        refused: &Rejection,
        request: &RequestId,
        trail: &RequestContext,
        client: IpAddr,
    ) {
        let record = refusal_record(&self.0, refused, request, trail, client);
        if let Some(record) = self.0.refusals.observe(record)
            && let Err(not_appended) = self.0.journal.append(record)
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
    trail: Arc<RequestContext>,
    client: IpAddr,
    is_answered: bool,
}

impl<'d> Leaves<'d> {
    fn of(door: &'d ProxyService, knock: &IncomingRequest) -> Self {
        let (request, trail) = (knock.request.clone(), Arc::clone(&knock.trail));
        Self { door, request, trail, client: knock.client, is_answered: false }
    }

    fn stays(mut self) {
        self.is_answered = true;
    }

    fn refusal(&self) -> Rejection {
        if thread::panicking() {
            return Rejection::internal("a fault of the gateway ended the request");
        }
        if self.door.0.is_draining() {
            return Rejection::new(ErrorCode::Draining, "the gateway stopped before it was sent");
        }
        let when = match self.trail.waits_since.get() {
            Some(_) => "the client went away while the call waited for its places",
            None => "the client went away before the call was sent",
        };
        Rejection::new(ErrorCode::ClientGone, when)
    }
}

impl Drop for Leaves<'_> {
    fn drop(&mut self) {
        // Without a token there is no call yet, and nobody whose it could be.
        if self.is_answered || self.trail.handed_over.is() || self.trail.token.get().is_none() {
            return;
        }
        let refused = self.refusal();
        // Who answers for a fault counts it.
        if !thread::panicking() {
            self.door.0.metrics.refused(refused.problem.code());
        }
        self.door.record(&refused, &self.request, &self.trail, self.client);
    }
}

fn refusal_record(
    gateway: &Gateway,
    refused: &Rejection,
    request: &RequestId,
    trail: &RequestContext,
    client: IpAddr,
) -> AuditRecord {
    let code = refused.problem.code();
    let token = trail.token.get();
    let refusal = Refusal {
        code,
        status: code.status(),
        reason: refused.reason.clone().unwrap_or_else(|| refused.problem.message().into()),
        token: token.map(|token| token.id.clone()),
        environment: trail.environment().cloned(),
        route: trail.route.get().map(|route| route.name.clone()),
        on_behalf_of: trail.on_behalf_of.get().cloned(),
        places: trail.places.get().copied().unwrap_or(0),
        queue_ms: u64::try_from(trail.waited().as_millis()).unwrap_or(u64::MAX),
        client_addr: client.to_string().into(),
        secret: trail.secret.get().copied(),
    };
    let route = trail.route.get().map(|route| route.name.as_str());
    let (action, resource) =
        trail.own.get().copied().unwrap_or((Action::Call, route.unwrap_or("unlisted")));
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
fn note(trail: &RequestContext) {
    let span = tracing::Span::current();
    if let Some(token) = trail.token.get() {
        span.record("token.id", token.id.as_str());
        span.record("environment", token.environment.as_str());
    }
    if let Some(route) = trail.route.get() {
        span.record("route", route.name.as_str());
    }
}
