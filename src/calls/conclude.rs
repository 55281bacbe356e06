//! The end of a call: places, record, generation, answer, in this order.

use super::{
    AnswerFacts, Calls, DeliveryGuard, Finished, SendError,
    conclusion::{ClientReply, Conclusion},
    delivery_guard::Delivering,
    money::Money,
    ready::millis,
    send_result::CallSummary,
    sending::{Sending, answer_of},
};
use crate::{
    admission::Permit,
    domain::{
        Action, Bundle, CallId, CloseCall, Effect, GENERATION_PENDING, Generation, GenerationState,
        Outcome, OutcomeRecord, RecordBody, Timestamp, Usd,
    },
    ledger::Hold,
    store::{Durability, JournalError, JournalHealth},
    upstream::UpstreamAnswer,
};

impl Sending {
    /// Frees or holds the places, makes the outcome durable, and releases the answer.
    pub(super) async fn conclude(mut self, ending: Conclusion, hold: Hold, permit: Option<Permit>) {
        if self.ready.is_free() {
            drop(permit);
            return self.conclude_read(ending, hold).await;
        }
        let facts = answer_of(&ending.reply).map(AnswerFacts::read).unwrap_or_default();
        let now = self.calls.services().clock.now();
        let mut generation = self.generation(&ending, &facts, now);
        let is_pending = generation.as_ref().is_some_and(|g| g.state == GenerationState::Pending);
        let is_over = !is_pending
            && ending.outcome != Outcome::Unknown
            && !self.works_on_namelessly(&ending, &facts);
        // First of all: places that Ideogram no longer uses must not wait for our disk.
        let held_until = self.settle_places(is_over, permit, now);
        self.tell_breaker(&ending, &hold);
        let (opened_at, bound) = (hold.opened_at(), hold.bound());
        let mut money = self.settle(hold, &ending, &facts, is_pending);
        if let Some(generation) = &mut generation {
            money.book(generation, &facts, opened_at, bound);
        }
        let mut record = self.outcome_record(&ending, &facts, &money);
        if is_pending {
            record.reason = Some(GENERATION_PENDING.into());
        }
        // Before the commit: the other way round, a crash between the two would leave a key on record as
        // answered whose answer is nowhere.
        let key_end = self.keep_for_key(&ending).await;
        let mut bundle = self.bundle(record, generation.as_ref(), held_until);
        bundle.effects.extend(key_end.map(|end| end.effect(self.ready.call.clone())));
        if !self.calls.record_outcome(&self.ready.call, bundle).await {
            // Dropped without an answer, the client is told that the outcome is unknown.
            return;
        }
        self.tell_why(&ending);
        // Not before the commit: whoever waits for the key would get an answer that is on no record.
        self.end_claim(key_end);
        // Before the answer: the client's first poll may see the end, and it must be pending here by then.
        if let Some(generation) = generation.filter(|_| is_pending) {
            self.calls.follow(generation, money.pending.clone());
        }
        self.note_poll(&ending, &facts).await;
        self.note_quote(&ending, &facts, money.charged);
        let calls = self.calls.clone();
        self.answer(ending, &money);
        if let Some(booked) = money.booked {
            calls.ask_for_bill(booked);
        }
    }

    /// Says in the log why there is no plain answer; clients are not told what lies behind us.
    pub(super) fn tell_why(&self, ending: &Conclusion) {
        let Some(reason) = &ending.reason else { return };
        let (outcome, upstream_status) = (ending.outcome.as_str(), ending.upstream_status);
        tracing::warn!(call.id = %self.ready.call, outcome, upstream_status, %reason, "call not answered");
    }

    /// Says whether Ideogram may go on working without having said on what: nobody can see that end.
    fn works_on_namelessly(&self, ending: &Conclusion, facts: &AnswerFacts) -> bool {
        let named = facts.generation.is_some() || facts.images.is_some();
        ending.is_success() && self.ready.is_asynchronous() && !named
    }

    /// Returns until when the places stay taken, if they do.
    fn settle_places(
        &self,
        is_over: bool,
        permit: Option<Permit>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let permit = permit?;
        if is_over || self.ready.places == 0 {
            return None;
        }
        let until = now.plus(self.link.place_ttl(&self.ready.route));
        permit.hold(self.ready.call.clone());
        self.calls.0.held.note(self.ready.call.clone(), until);
        Some(until)
    }

    /// Returns the generation that the answer names, and who may see it.
    fn generation(
        &self,
        ending: &Conclusion,
        facts: &AnswerFacts,
        now: Timestamp,
    ) -> Option<Generation> {
        let ready = &self.ready;
        if !ending.is_success() || ready.polled.is_some() {
            return None;
        }
        let id = facts.generation.clone()?;
        let works_on = ready.is_asynchronous() && facts.images.is_none();
        let pending = match facts.state {
            Some(state) => state == GenerationState::Pending,
            None => works_on,
        };
        let state = if pending { GenerationState::Pending } else { GenerationState::Completed };
        let (token, route) = (&ready.token, &ready.route);
        Some(Generation {
            id,
            call: ready.call.clone(),
            account: ready.account.clone(),
            environment: token.environment.clone(),
            owner: token.owner.clone(),
            token: token.id.clone(),
            route: route.name.clone(),
            places: ready.places,
            submitted_at: now,
            places_until: now.plus(self.link.place_ttl(route)),
            state,
        })
    }

    fn bundle(
        &self,
        outcome: OutcomeRecord,
        generation: Option<&Generation>,
        places_until: Option<Timestamp>,
    ) -> Bundle {
        let now = self.calls.services().clock.now();
        let close = CloseCall {
            call: self.ready.call.clone(),
            outcome: outcome.outcome,
            charged: outcome.charged,
            closed_at: now,
            places_until,
            images: outcome.images,
        };
        let outcome = RecordBody::Outcome(Box::new(outcome));
        let record = self.ready.record(now, Action::Call, outcome);
        let is_free = close.outcome == Outcome::Success && !self.ready.spends();
        let mut bundle = Bundle::record(record).with(Effect::CloseCall(Box::new(close)));
        // An answer that costs nothing is asked for again, so nobody looks for it after a restart.
        bundle.effects.extend(is_free.then(|| Effect::Delivered(self.ready.call.clone())));
        match generation {
            Some(generation) => bundle.with(Effect::SaveGeneration(Box::new(generation.clone()))),
            None => bundle,
        }
    }

    pub(super) fn outcome_record(
        &self,
        ending: &Conclusion,
        facts: &AnswerFacts,
        money: &Money,
    ) -> OutcomeRecord {
        let (status, code) = match &ending.reply {
            ClientReply::PassOn(answer) => (answer.status.as_u16(), None),
            ClientReply::Own(code) => (code.status(), Some(*code)),
        };
        // A poll shows pictures that another call made. An answer that cannot be read is charged in
        // full, so all that was asked for is counted.
        let made = if !self.ready.route.is_billable() {
            None
        } else if ending.is_charged && facts.images.is_none() {
            Some(self.ready.demand.places)
        } else {
            facts.images
        };
        OutcomeRecord {
            outcome: ending.outcome,
            reason: ending.reason.clone(),
            status: Some(status),
            upstream_status: ending.upstream_status,
            charged: money.charged,
            images: made.unwrap_or(0),
            unsafe_images: made.map_or(0, |_| facts.unsafe_images),
            generations: facts.generation.iter().cloned().collect(),
            upstream_ms: millis(self.at_ideogram),
            gateway_ms: millis(self.own_time()),
            key_redacted: self.echoed_key,
            user: None,
            code,
            of: None,
        }
    }

    /// A 402 stops calls of this price; a call that was done lets them through again.
    fn tell_breaker(&self, ending: &Conclusion, hold: &Hold) {
        if !self.ready.spends() {
            return;
        }
        let (breaker, account) = (&self.link.breaker, &self.ready.account);
        let metrics = &self.calls.services().metrics;
        if ending.upstream_status == Some(402) && breaker.refused(hold.bound()) {
            metrics.set_breaker(account, true);
            tracing::error!(event = "balance_exhausted", %account, "ideogram says that the balance is used up; calls of this price are stopped, one a minute goes through");
        }
        if ending.is_success() && breaker.done(hold.bound()) {
            metrics.set_breaker(account, false);
            tracing::info!(event = "balance_restored", %account, "ideogram takes calls of this price again");
        }
    }

    /// A client's own poll may be the first to see its generation end.
    pub(super) async fn note_poll(&self, ending: &Conclusion, facts: &AnswerFacts) {
        // An error may have a `status` too, and says nothing of the generation.
        if !ending.is_success() {
            return;
        }
        if let (Some(id), Some(state)) = (&self.ready.polled, facts.state) {
            self.calls.generation_seen(id, state, facts).await;
        }
        if let (Some(id), Some(billed)) = (&self.ready.polled, facts.cost)
            && facts.state == Some(GenerationState::Completed)
        {
            self.calls.billed(id, billed).await;
        }
    }

    /// A quote that was no quote was probably billed: say so, and ask for no more on this route.
    fn note_quote(&self, ending: &Conclusion, facts: &AnswerFacts, charged: Option<Usd>) {
        if !self.ran_unasked(ending, facts) {
            return;
        }
        let (route, charged) = (self.ready.route_name(), charged.unwrap_or_default());
        tracing::error!(event = "quote_billed", %route, %charged, "dry run answered without a price quote; quotes closed for this route");
        self.calls.services().accounts.close_quotes(route);
    }

    pub(super) fn answer(self, ending: Conclusion, money: &Money) {
        let (answers, print) = (&self.calls.services().answers, &self.ready.fingerprint);
        let metrics = &self.calls.services().metrics;
        let (environment, route) = (self.ready.environment(), self.ready.route_name());
        metrics.call_ended(environment, route, ending.outcome, self.times());
        // What was billed for a booked call is not said yet, and a sum never gets smaller.
        if money.booked.is_none() {
            metrics.spent(environment, money.charged.unwrap_or_default());
        }
        // Before the client is told: its retry may come right after.
        if ending.outcome == Outcome::Unknown {
            answers.unknown(print, &self.ready.call);
        } else if !ending.is_success() {
            answers.forget(print, &self.ready.call);
        }
        let mut summary = self.summary(ending.outcome);
        (summary.charged, summary.budget_left) = (money.charged, money.left);
        let end = match ending.reply {
            ClientReply::PassOn(answer) => Ok(self.finished(answer, summary)),
            ClientReply::Own(code) => Err(SendError::Ended { code, summary: Box::new(summary) }),
        };
        self.tell(end);
    }

    fn finished(&self, answer: UpstreamAnswer, summary: CallSummary) -> Finished {
        let is_paid = summary.outcome == Outcome::Success && self.ready.spends();
        let receipt = is_paid.then(|| self.hand_out(&answer));
        Finished {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
            echoed_key: answer.echoed_key,
            receipt,
            summary,
        }
    }

    /// Registers an answer as on its way, so that it is kept if it does not arrive.
    fn hand_out(&self, answer: &UpstreamAnswer) -> DeliveryGuard {
        let services = self.calls.services();
        let (print, call) = (self.ready.fingerprint, self.ready.call.clone());
        if self.calls.recovers(self.ready.environment()) {
            services.answers.hand_out(&print, self.kept(answer));
        } else {
            services.answers.forget(&print, &call);
        }
        DeliveryGuard::new(self.calls.clone(), print, call, Delivering::First)
    }
}

impl Calls {
    /// Makes the outcome durable. If the database fails, admission stops, and the answer still goes
    /// out: it was paid for, and its outcome is in the spill file and the log. Returns `false` when
    /// the gateway has ended meanwhile: then nothing may go out, and the next start calls it unknown.
    async fn record_outcome(&self, call: &CallId, bundle: Bundle) -> bool {
        let services = self.services();
        match services.journal.commit_sent(bundle).await {
            Ok(Durability::Committed) => {}
            Ok(Durability::Spilled) => {
                services.metrics.spilled();
                self.stop_admission();
            }
            Err(JournalError::Closed) => return false,
            Err(error) => {
                self.stop_admission();
                tracing::error!(call.id = %call, %error, "outcome not recorded");
            }
        }
        true
    }

    /// Stops admission at once, but not for ever: by now the record may be good again, and whoever
    /// watches its health has nothing more to hear.
    fn stop_admission(&self) {
        let services = self.services();
        services.admission.stop(true);
        if *services.journal.health().borrow() == JournalHealth::Good {
            services.admission.stop(false);
        }
    }
}
