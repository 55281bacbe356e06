//! Fifth stage: the call may wait for its places.

use super::{
    inspected::InspectedCall, policy, recalled::NewCall, recheck::Needs, rejection::Rejection,
};
use crate::{
    admission::{AdmissionError, AdmitRequest, Permit},
    answers::Claimed,
    calls::{PassedHeaders, ReadyCall},
    domain::{CallId, Client, Places, Timestamp, Usd},
    ledger::Hold,
};
use http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE};
use std::sync::Arc;
use tokio::time::Instant;

/// A call within its token's rate and all its budgets.
#[derive(Debug)]
pub(super) struct HeldCall {
    pub(super) call: Box<NewCall>,
    pub(super) hold: Hold,
}

impl HeldCall {
    /// Waits for the call's places, and gives up when the token is withdrawn or reduced meanwhile.
    pub(super) async fn admit(&self) -> Result<Permit, Rejection> {
        let allowed = &self.call.inspected.allowed;
        let seat = AdmitRequest {
            account: allowed.environment.account.clone(),
            environment: allowed.token.environment.clone(),
            token: allowed.token.id.clone(),
            places: self.call.inspected.places,
            deadline: self.call.deadline,
            max_token_places: self.max_token_places(),
        };
        let (came, queue) = (Instant::now(), &allowed.knock.trail.queue);
        allowed.knock.trail.waits_since.set(came).ok();
        let permit = tokio::select! {
            biased;
            permit = allowed.gateway.admission.admit(seat) => permit.map_err(|error| self.not_admitted(error)),
            refused = allowed.gateway.tokens.until_refused(|| self.check_again()) => Err(refused),
        };
        let waited = permit.as_ref().map_or_else(|_| came.elapsed(), Permit::queued_for);
        queue.set(waited).ok();
        permit
    }

    /// Says whether the answer of an identical call has become this one's while it waited.
    ///
    /// What comes after this looks at no other call any more: whoever hung up before this request was
    /// read has a call that was found here, or one that its own last look ends unsent.
    pub(super) fn is_owed_an_answer(&self) -> bool {
        let inspected = &self.call.inspected;
        let is_paid = inspected.allowed.route.spends(inspected.inspected.demand.is_quote);
        let calls = &inspected.allowed.gateway.calls;
        is_paid && self.call.claim.is_none() && calls.owes(&inspected.inspected.fingerprint)
    }

    /// Gives back what the call holds and what it took of its token's rate.
    pub(super) fn into_inspected(self) -> InspectedCall {
        let inspected = self.call.inspected;
        inspected.uncount();
        inspected
    }

    fn check_again(&self) -> Result<(), Rejection> {
        self.call.inspected.check_again_with(self.money())
    }

    fn money(&self) -> Option<(Usd, Timestamp)> {
        self.hold.bound().map(|bound| (bound, self.hold.opened_at()))
    }

    fn max_token_places(&self) -> Option<Places> {
        let allowed = &self.call.inspected.allowed;
        let (own, all) = (allowed.token.limits.max_places, allowed.environment.policy.max_places);
        policy::tighter(&allowed.token, own, all, "max_places").map(|(places, _)| places)
    }

    fn not_admitted(&self, error: AdmissionError) -> Rejection {
        self.call.inspected.allowed.not_admitted(error, self.max_token_places())
    }

    /// Returns everything that is needed to send the call.
    pub(super) fn ready(mut self) -> (ReadyCall, Hold) {
        let claim = self.call.claim.take();
        let ready = self.ready_call(claim);
        (ready, self.hold)
    }

    fn needs(&self) -> Needs {
        let inspected = &self.call.inspected;
        let allowed = &inspected.allowed;
        Needs {
            gateway: allowed.gateway.clone(),
            route: Arc::clone(&allowed.route),
            demand: inspected.inspected.demand.clone(),
            client: allowed.knock.client,
            held: self.money(),
        }
    }

    fn ready_call(&self, claim: Option<Claimed>) -> ReadyCall {
        let inspected = &self.call.inspected;
        let allowed = &inspected.allowed;
        let headers = &allowed.knock.headers;
        let path = allowed.knock.uri.path();
        let path_and_query = match &inspected.inspected.query {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        };
        let claimed = claim.as_ref().and_then(Claimed::claim);
        ReadyCall {
            call: claimed.map_or_else(CallId::random, |claim| claim.call.clone()),
            claim,
            request: allowed.knock.request.clone(),
            token: Arc::clone(&allowed.token),
            secret: allowed.secret,
            still_allowed: Arc::new(self.needs()),
            route: Arc::clone(&allowed.route),
            account: allowed.environment.account.clone(),
            demand: inspected.inspected.demand.clone(),
            places: inspected.places,
            fingerprint: inspected.inspected.fingerprint,
            path_and_query,
            polled: inspected.polled.clone(),
            headers: PassedHeaders {
                content_type: headers.get(CONTENT_TYPE).cloned(),
                accept: headers.get(ACCEPT).cloned(),
                accept_language: headers.get(ACCEPT_LANGUAGE).cloned(),
            },
            body: (!allowed.route.bodies.is_empty()).then(|| inspected.body.clone()),
            on_behalf_of: allowed.knock.trail.on_behalf_of.get().cloned(),
            client: Client::clone(&allowed.knock.connection),
            client_addr: allowed.knock.client.to_string().into(),
            handed_over: allowed.knock.trail.handed_over.clone(),
        }
    }
}
