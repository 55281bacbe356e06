//! Fifth stage: the call is within its token's rate and all its budgets, and may wait for its places.

use super::{
    context::CallContext,
    inspected::{AskedFor, InspectedCall},
    recalled::NewCall,
    rejection::Rejection,
};
use crate::{
    admission::{AdmissionError, AdmitRequest, Permit},
    answers::Claimed,
    authorization::tighter,
    calls::{PassedHeaders, ReadyCall},
    domain::{CallId, Client, Places, Timestamp, Token, Usd},
    ledger::{Budgets, Hold},
};
use http::{
    HeaderMap,
    header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE},
};
use std::sync::Arc;
use tokio::time::Instant;

/// A call within its token's rate and all its budgets.
#[derive(Debug)]
pub(super) struct HeldCall {
    context: Box<CallContext>,
    asked: AskedFor,
    deadline: Instant,
    /// The idempotency key it took.
    claim: Option<Claimed>,
    hold: Hold,
}

impl NewCall {
    /// Holds what the call may use of its token's rate and of every budget that covers it.
    pub(super) fn hold(self: Box<Self>) -> Result<HeldCall, Rejection> {
        let Self { context, asked, deadline, claim } = *self;
        // Before the money: a flood beyond the rate must not hold parts of the budget, if only for a moment.
        context.count_once()?;
        let CallContext { gateway, token, environment, route, .. } = &*context;
        let demand = &asked.demand;
        let (settings, now) = (&context.request.settings, gateway.clock.now());
        let budgets = Budgets::covering(settings, environment, token, route, now);
        let hold = gateway.ledger.hold(budgets, &settings.prices, route, demand)?;
        if let Some(link) = context.link()
            && context.spends(demand)
            && let Some(state) = link.breaker.would_stop(hold.bound())
        {
            return Err(Rejection::balance(&state));
        }
        Ok(HeldCall { context, asked, deadline, claim, hold })
    }
}

impl HeldCall {
    /// Waits for the call's places, and gives up when the token is revoked or reduced meanwhile.
    pub(super) async fn admit(&self) -> Result<Permit, Rejection> {
        let CallContext { gateway, request, token, environment, .. } = &*self.context;
        let request_for_places = AdmitRequest {
            account: environment.account.clone(),
            environment: token.environment.clone(),
            token: token.id.clone(),
            places: self.asked.places,
            deadline: self.deadline,
            max_token_places: self.max_token_places(),
        };
        let came = Instant::now();
        // A call that gave everything back comes by here again, and has waited since the first time.
        request.request_context.waits_since.set(came).ok();
        let permit = tokio::select! {
            // A permit that is there is taken, though the token changed at the same moment: it is looked at once
            // more before the call is sent.
            biased;
            permit = gateway.admission.admit(request_for_places) => permit.map_err(|error| self.not_admitted(error)),
            refused = gateway.calls.until_refused(|| self.still_waits()) => Err(refused),
        };
        let waited = permit.as_ref().map_or_else(|_| came.elapsed(), Permit::queued_for);
        request.request_context.queue.set(waited).ok();
        permit
    }

    /// Says whether the answer of an identical call has become this one's while it waited.
    ///
    /// What comes after this looks at no other call any more: whoever hung up before this request was
    /// read has a call that was found here, or one that its own last look ends unsent.
    pub(super) fn is_owed_an_answer(&self) -> bool {
        let asked = &self.asked;
        self.context.spends(&asked.demand)
            && self.claim.is_none()
            && self.context.gateway.calls.owes(&asked.fingerprint)
    }

    /// Gives back what the call holds and what it took of its token's rate.
    pub(super) fn into_inspected(self) -> InspectedCall {
        self.context.uncount();
        InspectedCall { context: self.context, asked: self.asked }
    }

    /// Looks at the token as it is now. Its share may be another by now, also for calls that wait.
    fn still_waits(&self) -> Result<(), Rejection> {
        self.context.recheck(&self.asked.demand, self.money())?;
        let CallContext { gateway, token, environment, .. } = &*self.context;
        if !Arc::ptr_eq(&self.token_now(), token) {
            let (account, share) = (&environment.account, self.max_token_places());
            gateway.admission.set_share(account, &token.environment, &token.id, share);
        }
        Ok(())
    }

    fn token_now(&self) -> Arc<Token> {
        let CallContext { gateway, token, .. } = &*self.context;
        gateway.tokens.show(&token.id).unwrap_or_else(|_| Arc::clone(token))
    }

    fn money(&self) -> Option<(Usd, Timestamp)> {
        self.hold.bound().map(|bound| (bound, self.hold.opened_at()))
    }

    fn max_token_places(&self) -> Option<Places> {
        let (token, all) = (self.token_now(), self.context.environment.policy.max_places);
        let own = token.limits.max_places;
        tighter(&token, own, all, "max_places").map(|(places, _)| places)
    }

    fn not_admitted(&self, error: AdmissionError) -> Rejection {
        self.context.not_admitted(error, self.max_token_places())
    }

    /// Returns everything that is needed to send the call.
    pub(super) fn ready(self) -> (ReadyCall, Hold) {
        let held = self.money();
        let Self { context, asked, claim, hold, .. } = self;
        let CallContext { request, token, secret, environment, route, .. } = *context;
        let path = request.uri.path();
        let path_and_query = match &asked.query {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        };
        let claimed = claim.as_ref().and_then(Claimed::claim);
        let ready = ReadyCall {
            // A key that was taken names its call already, to twins and in the intent: another id would part them.
            call: claimed.map_or_else(CallId::random, |claim| claim.call.clone()),
            claim,
            request: request.request,
            token,
            secret,
            settings: request.settings,
            held,
            account: environment.account.clone(),
            demand: asked.demand,
            places: asked.places,
            fingerprint: asked.fingerprint,
            path_and_query,
            polled: asked.polled,
            headers: passed(&request.headers),
            body: (!route.bodies.is_empty()).then_some(asked.body),
            route,
            person: request.request_context.person.get().cloned(),
            client: Client::clone(&request.connection),
            client_addr: request.client,
            handed_over: request.request_context.handed_over.clone(),
        };
        (ready, hold)
    }
}

/// Returns the client's headers that Ideogram may see.
fn passed(headers: &HeaderMap) -> PassedHeaders {
    PassedHeaders {
        content_type: headers.get(CONTENT_TYPE).cloned(),
        accept: headers.get(ACCEPT).cloned(),
        accept_language: headers.get(ACCEPT_LANGUAGE).cloned(),
    }
}
