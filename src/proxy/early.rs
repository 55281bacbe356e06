//! What is refused before the body is read: callers who would be refused anyway need not send it.
//!
//! Not so those who may be owed something that is paid for: an answer that nobody received, or the one
//! that an idempotency key names. What it is stands in the body, so the body is read first.

use super::{
    context::{CallContext, Counted},
    known,
    polled::Polled,
    rejection::Rejection,
};
use crate::{
    domain::ErrorCode,
    ledger::{Budgets, HoldError},
    web::header::IDEMPOTENCY_KEY,
};
use hyper::body::Body as _;
use std::future::Future;

impl CallContext {
    /// Refuses what would be refused whatever the body says, and returns the generation that is polled.
    pub(super) async fn refuse_early(&mut self) -> Result<Option<Polled>, Rejection> {
        if self.may_be_owed() {
            // Asked of those, too: no answer that is owed makes room for a body.
            self.refuse_large()?;
            return Ok(None);
        }
        // These three come before the count: a token does not pay with its rate for what is none of its doing.
        self.refuse_closed()?;
        self.refuse_without_key()?;
        self.refuse_full()?;
        // Before the count, since whose generation it is decides which of two buckets it counts in.
        let polled = self.polled_generation().await?;
        match &polled {
            Some(polled) if polled.is_own() => self.count_poll()?,
            _ => self.count()?,
        }
        self.counted = Counted::Already;
        self.refuse_without_money()?;
        self.refuse_large()?;
        Ok(polled)
    }

    /// Says whether the request may be answered with what was paid for before.
    fn may_be_owed(&self) -> bool {
        let is_paid = self.route.spends(self.is_quote());
        let has_key = || self.request.headers.contains_key(IDEMPOTENCY_KEY);
        is_paid && (has_key() || self.gateway.calls.may_owe(&self.token.id))
    }

    fn is_quote(&self) -> bool {
        self.route.quote && known::asks_for_quote(self.request.uri.query())
    }

    fn refuse_closed(&self) -> Result<(), Rejection> {
        let (account, environment) = (&self.environment.account, &self.token.environment);
        let closed = self.gateway.admission.is_closed(account, environment);
        closed.map_or(Ok(()), |reason| Err(self.not_admitted(reason, None)))
    }

    fn refuse_without_key(&self) -> Result<(), Rejection> {
        let (account, name) = (&self.environment.account, &self.token.environment);
        let Some(slot) = self.gateway.accounts.slot(account, name) else {
            let message = format!("environment {name} has no key; ask the operator to give it one");
            return Err(Rejection::new(ErrorCode::EnvironmentUnavailable, message));
        };
        slot.rests().map_or(Ok(()), |retry_after| Err(Rejection::key_rejected(retry_after)))
    }

    fn refuse_full(&self) -> Result<(), Rejection> {
        if !self.route.spends(self.is_quote()) {
            return Ok(());
        }
        let full = self.gateway.admission.is_full(&self.environment.account);
        full.map_or(Ok(()), |retry_after| Err(self.queue_full(retry_after)))
    }

    /// Refuses a call if not even the cheapest one on its route could be paid for.
    fn refuse_without_money(&self) -> Result<(), Rejection> {
        if !self.route.spends(self.is_quote()) {
            return Ok(());
        }
        let Self { gateway, request, environment, token, route, .. } = self;
        let (settings, now) = (&request.settings, gateway.clock.now());
        let budgets = Budgets::covering(settings, environment, token, route, now);
        let least = gateway.ledger.has_room(&budgets, &settings.prices, route).map_err(used_up)?;
        let stopped = self.link().and_then(|link| link.breaker.would_stop(least));
        stopped.map_or(Ok(()), |state| Err(Rejection::balance(&state)))
    }

    /// Refuses a body that is too large, or for which there is no room.
    pub(super) fn refuse_large(&self) -> Result<(), Rejection> {
        let expected = self.request.body.lock().size_hint().lower();
        if expected > self.route.body_cap {
            return Err(Rejection::too_large(self.route.body_cap));
        }
        if !self.gateway.spool.has_room(Some(&self.token.id), expected) {
            return Err(Rejection::body_budget());
        }
        Ok(())
    }
}

impl super::Gateway {
    /// Waits for something that a client still has to send, but not while the gateway shuts down.
    pub(super) async fn unless_draining<T>(
        &self,
        receiving: impl Future<Output = T>,
    ) -> Result<T, Rejection> {
        tokio::select! {
            // Asked first: what is here already is not turned away.
            biased;
            received = receiving => Ok(received),
            () = self.admission.draining() => Err(Rejection::draining()),
        }
    }
}

/// Tells of a budget that is used up: what this call would cost is not known yet.
fn used_up(error: HoldError) -> Rejection {
    let HoldError::Exceeded(exceeded) = error else { return Rejection::from(error) };
    let message = format!(
        "the {} budget of {} is {}, {} of it is left, and the cheapest call here costs {}",
        exceeded.period.word(),
        exceeded.subject,
        exceeded.limit,
        exceeded.left,
        exceeded.price
    );
    Rejection::exceeded(&exceeded, message)
}
