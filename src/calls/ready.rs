//! A call that passed every check and holds its places.

use super::HandedOver;
use crate::{
    answers::Claimed,
    config::Settings,
    domain::{
        AccountName, Action, AssertedPerson, AuditRecord, CallId, Client, Demand, EnvironmentName,
        Fingerprint, Intent, OpenCall, Places, Principal, ReadUse, RecordBody, RequestId, Route,
        RouteName, Settlement, Timestamp, Token, TokenId, Usd,
    },
    ledger::Hold,
    spool::Spool,
    tokens::PresentedSecret,
    upstream::{Reuse, UpstreamRequest},
};
use http::HeaderValue;
use std::{net::IpAddr, sync::Arc, time::Duration};

/// The client's headers that Ideogram may see.
#[derive(Debug, Clone, Default)]
pub struct PassedHeaders {
    /// `Content-Type`, boundary included.
    pub content_type: Option<HeaderValue>,
    /// `Accept`.
    pub accept: Option<HeaderValue>,
    /// `Accept-Language`.
    pub accept_language: Option<HeaderValue>,
}

/// A call with everything that is needed to send it, but the permit.
#[derive(Debug)]
pub struct ReadyCall {
    /// Names the call.
    pub call: CallId,
    /// The request at the door it came from.
    pub request: RequestId,
    /// The token, as it was when the call was authenticated.
    pub token: Arc<Token>,
    /// The secret of it that was presented.
    pub secret: PresentedSecret,
    /// The settings that were in force when it came.
    pub settings: Arc<Settings>,
    /// The money it holds, and since when; `None` where it has no price.
    pub held: Option<(Usd, Timestamp)>,
    /// The route.
    pub route: Arc<Route>,
    /// The account that serves the token's environment.
    pub account: AccountName,
    /// What the request asks for.
    pub demand: Demand,
    /// Places it takes, as the account counts them.
    pub places: Places,
    /// What makes it the same call again.
    pub fingerprint: Fingerprint,
    /// Path and query, rebuilt from the route table and the allow-lists.
    pub path_and_query: String,
    /// The generation a polling route asks for.
    pub polled: Option<crate::domain::GenerationId>,
    /// The client's headers that are passed on.
    pub headers: PassedHeaders,
    /// The idempotency key it took, if it came with one; it names the same call.
    pub claim: Option<Claimed>,
    /// The body, exactly as received; `None` when the request had none.
    pub body: Option<Spool>,
    /// The end user, as the app asserts it.
    pub person: Option<AssertedPerson>,
    /// Tells whether the client is still there.
    pub client: Client,
    /// Where the client connected from.
    pub client_addr: IpAddr,
    /// Tells the door when the call belongs to the gateway.
    pub handed_over: HandedOver,
}

impl ReadyCall {
    /// Says whether the call may cost money.
    pub(super) fn spends(&self) -> bool {
        self.route.spends(self.demand.is_quote)
    }

    /// Says whether it can cost nothing at all, so that one record is enough. A dry run can: one that Ideogram
    /// does not understand is billed.
    pub(super) fn is_free(&self) -> bool {
        !self.route.is_billable()
    }

    /// Says whether Ideogram goes on working after its answer.
    pub(super) fn is_asynchronous(&self) -> bool {
        self.demand.is_asynchronous
    }

    /// Says whether the price is asked for, and no picture.
    pub(super) fn is_quote(&self) -> bool {
        self.demand.is_quote
    }

    /// Returns how the actual charge is read from the answer.
    pub(super) fn settlement(&self) -> Settlement {
        self.route.settlement
    }

    /// Returns the environment that the call counts for.
    pub(super) fn environment(&self) -> &EnvironmentName {
        &self.token.environment
    }

    /// Returns the name of the route.
    pub(super) fn route_name(&self) -> &RouteName {
        &self.route.name
    }

    /// Returns the id of the token.
    pub(super) fn token_id(&self) -> &TokenId {
        &self.token.id
    }

    /// Returns the request for Ideogram.
    pub(super) fn upstream_request(&self) -> UpstreamRequest {
        UpstreamRequest {
            // Dry runs too: one that was not understood as such is billed.
            reuse: if self.route.is_billable() { Reuse::Never } else { Reuse::Allowed },
            method: self.route.method.clone(),
            path_and_query: self.path_and_query.clone(),
            content_type: self.headers.content_type.clone(),
            accept: self.headers.accept.clone(),
            accept_language: self.headers.accept_language.clone(),
            body: self.body.clone(),
        }
    }

    /// Returns the record that must be durable before the first byte goes out.
    pub(super) fn intent(
        &self,
        at: Timestamp,
        key: &str,
        hold: &Hold,
        queued: Duration,
    ) -> AuditRecord {
        let intent = Intent {
            token: self.token.id.clone(),
            environment: self.token.environment.clone(),
            account: self.account.clone(),
            route: self.route.name.clone(),
            on_behalf_of: None,
            places: self.places,
            reserved: hold.bound(),
            price_version: hold.price_version().map(Into::into),
            fingerprint: self.fingerprint,
            key_version: key.into(),
            client_addr: self.client_addr.to_string().into(),
            model: self.demand.model.clone(),
            speed: self.demand.speed.clone(),
            webhook_host: self.demand.webhook_url.as_deref().and_then(host_of),
            queue_ms: millis(queued),
            secret: Some(self.secret.number),
            user: None,
            owner: self.token.owner.clone(),
            opened_at: Some(hold.opened_at()),
        };
        self.record(at, Action::Call, RecordBody::Intent(Box::new(intent)))
    }

    /// Returns a record about this call.
    pub(super) fn record(&self, at: Timestamp, action: Action, body: RecordBody) -> AuditRecord {
        AuditRecord {
            at,
            action: action.into(),
            principal: Principal::Token(self.token.id.clone()),
            resource: self.route.name.as_str().into(),
            call: Some(self.call.clone()),
            request: Some(self.request.clone()),
            body,
        }
    }

    /// Returns what is counted of a call that cost nothing.
    pub(super) fn read_use(&self, at: Timestamp) -> ReadUse {
        ReadUse {
            account: self.account.clone(),
            environment: self.token.environment.clone(),
            token: self.token.id.clone(),
            owner: self.token.owner.clone(),
            person: None,
            route: self.route.name.clone(),
            at,
        }
    }

    /// Returns what must survive a crash.
    pub(super) fn open_call(&self, hold: &Hold) -> OpenCall {
        OpenCall {
            call: self.call.clone(),
            account: self.account.clone(),
            environment: self.token.environment.clone(),
            token: self.token.id.clone(),
            route: self.route.name.clone(),
            places: self.places,
            fingerprint: self.fingerprint,
            reserved: hold.bound(),
            opened_at: hold.opened_at(),
            owner: self.token.owner.clone(),
            person: None,
            model: self.demand.model.clone(),
            asked: self.demand.places,
        }
    }
}

/// Returns a duration in whole milliseconds.
pub(super) fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

fn host_of(url: &str) -> Option<Box<str>> {
    let uri: http::Uri = url.parse().ok()?;
    uri.host().map(|host| host.to_ascii_lowercase().into())
}
