//! A request at the door, before anything is known of it.

use crate::{
    calls::HandedOver,
    config::{LiveSettings, Settings},
    domain::{
        Action, AssertedPerson, Client, EnvironmentName, Places, RequestId, Route, Timestamp, Token,
    },
    rate_limit::RateState,
    web::RequestInfo,
};
use axum::{
    body::Body,
    extract::{FromRequest, Request},
};
use http::{HeaderMap, Method, StatusCode, Uri, request::Parts};
use parking_lot::Mutex;
use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::time::Instant;

/// A request as it arrived.
#[derive(Debug)]
pub struct IncomingRequest {
    /// The settings that were in force when it came: all that is decided of it is decided by them.
    pub settings: Arc<Settings>,
    /// Names the request.
    pub request: RequestId,
    /// Where the client is, behind trusted proxies.
    pub client: IpAddr,
    /// Tells whether the client is still there.
    pub connection: Client,
    /// The method.
    pub method: Method,
    /// Path and query.
    pub uri: Uri,
    /// All header fields.
    pub headers: HeaderMap,
    /// The body, not yet read; behind a lock only because nobody else can make it shareable.
    pub body: Mutex<Body>,
    /// When its header was complete.
    pub received: Instant,
    /// What is learnt of it on its way; for observing only.
    pub request_context: Arc<RequestContext>,
}

/// What the door tells audit, log and metrics about a request, however far it came.
#[derive(Debug, Default)]
pub struct RequestContext {
    /// The token.
    pub token: OnceLock<Arc<Token>>,
    /// The number of the token's secret that was presented.
    pub secret: OnceLock<u32>,
    /// From when on that secret opens nothing, if a newer one took its place.
    pub retires_at: OnceLock<Timestamp>,
    /// The route.
    pub route: OnceLock<Arc<Route>>,
    /// Places asked for.
    pub places: OnceLock<Places>,
    /// Since when it waits in the queue, or did.
    pub waits_since: OnceLock<Instant>,
    /// How long it waited in the queue.
    pub queue: OnceLock<Duration>,
    /// Where its token stands against its rate.
    pub rate: Mutex<Option<RateState>>,
    /// The end user whom the app asserts.
    pub person: OnceLock<AssertedPerson>,
    /// Whether the call belongs to the gateway, which puts its end on record.
    pub handed_over: HandedOver,
    /// Action and resource on record, where it is not a call.
    pub own: OnceLock<(Action, &'static str)>,
}

impl IncomingRequest {
    fn new(settings: Arc<Settings>, info: RequestInfo, parts: Parts, body: Body) -> Self {
        Self {
            settings,
            request: info.id,
            client: info.client.ip(),
            connection: info.connection,
            method: parts.method,
            uri: parts.uri,
            headers: parts.headers,
            body: Mutex::new(body),
            received: info.started,
            request_context: Arc::default(),
        }
    }
}

impl FromRequest<LiveSettings> for IncomingRequest {
    type Rejection = StatusCode;

    async fn from_request(request: Request, settings: &LiveSettings) -> Result<Self, StatusCode> {
        let (mut parts, body) = request.into_parts();
        // The listener puts it there; a fault of the wiring is nobody's way in.
        let info = parts.extensions.remove().ok_or(StatusCode::INTERNAL_SERVER_ERROR)?;
        Ok(Self::new(settings.now(), info, parts, body))
    }
}

impl RequestContext {
    /// Notes where the token stands against its rate.
    pub fn note_rate(&self, state: RateState) {
        *self.rate.lock() = Some(state);
    }

    /// Returns where the token stands against its rate, if the request counts.
    pub fn rate(&self) -> Option<RateState> {
        *self.rate.lock()
    }

    /// Returns the environment of the token, once it is known.
    pub fn environment(&self) -> Option<&EnvironmentName> {
        self.token.get().map(|token| &token.environment)
    }

    /// Returns how long it waited in the queue, or waits by now.
    pub fn waited(&self) -> Duration {
        let waits = || self.waits_since.get().map(Instant::elapsed);
        self.queue.get().copied().or_else(waits).unwrap_or_default()
    }
}
