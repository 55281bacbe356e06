//! One call in a task of its own, from the commit of its intent to the commit of its outcome.

use super::{
    Calls, Finished, ReadyCall, SendError,
    conclusion::{ClientReply, Conclusion},
    ready::millis,
    recall::LOOK_AGAIN,
    recheck::RecheckError,
    send_result::CallSummary,
};
use crate::{
    accounts::{AccountLink, KeySlot, KeyUse},
    admission::{AdmissionError, Permit},
    answers::{Claimed, SentClaim},
    domain::{
        Action, Attempt, Client, ClientState, ErrorCode, Outcome, ReadOf, RecordBody, Timestamp,
    },
    ledger::Hold,
    store::{JournalError, SendWarrant},
    telemetry::CallTimes,
    upstream::{SendOutcome, UpstreamAnswer},
};
use serde::Deserialize;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::oneshot,
    time::{Instant, sleep},
};

/// How often a client whose state is unclear is looked at before its call is sent: for a second at least.
///
/// A machine that is busy needs many of them until somebody reads what the client said, and sending for one
/// that left could be billed twice. Who sends more ahead than is read of it waits so long for nothing.
const LOOKS: u32 = 1000;

/// Where the client waits for its answer.
pub(super) type Waiter = oneshot::Sender<Result<Finished, SendError>>;

/// A call that belongs to the gateway from here on.
#[derive(Debug)]
pub(super) struct Sending {
    pub(super) calls: Calls,
    pub(super) ready: ReadyCall,
    /// The idempotency key it took, from the commit of its intent to that of its outcome.
    pub(super) claim: Option<SentClaim>,
    pub(super) link: Arc<AccountLink>,
    slot: Arc<KeySlot>,
    /// Chosen at the commit, and kept but for a confirmed 401.
    key: KeyUse,
    client: Waiter,
    started: Instant,
    queued: Duration,
    /// The part of `queued` that came after the start.
    queued_again: Duration,
    pub(super) at_ideogram: Duration,
    /// That a read was sent again with another key, for its one record.
    pub(super) sent_again: Option<Box<str>>,
    /// Whether Ideogram gave our key back, in any answer to this call.
    pub(super) echoed_key: bool,
}

impl Sending {
    pub(super) fn new(
        calls: Calls,
        ready: ReadyCall,
        (link, slot): (Arc<AccountLink>, Arc<KeySlot>),
        client: Waiter,
    ) -> Self {
        Self {
            calls,
            ready,
            claim: None,
            link,
            key: slot.take(),
            slot,
            client,
            started: Instant::now(),
            queued: Duration::ZERO,
            queued_again: Duration::ZERO,
            at_ideogram: Duration::ZERO,
            sent_again: None,
            echoed_key: false,
        }
    }

    /// Runs the call to its end. Never cut off while the process lives.
    pub(super) async fn run(mut self, hold: Hold, permit: Permit) {
        self.queued = permit.queued_for();
        match self.commit(&hold).await {
            Ok(warrant) => {
                let is_on_record = !self.ready.is_free();
                let _open = is_on_record.then(|| self.calls.services().metrics.intent_opens());
                let (ending, permit) = self.after_commit(warrant, permit).await;
                self.conclude(ending, hold, permit).await;
            }
            Err(error) => {
                drop(permit);
                self.client.send(Err(SendError::Unrecorded(error))).ok();
            }
        }
    }

    async fn commit(&mut self, hold: &Hold) -> Result<SendWarrant, JournalError> {
        let services = self.calls.services();
        let now = services.clock.now();
        self.key = self.slot.take();
        if let Some(warrant) = SendWarrant::for_reading(&self.ready.route, &self.ready.call) {
            services.journal.may_begin()?;
            return Ok(warrant);
        }
        let version = self.key.serving().version();
        let intent = self.ready.intent(now, version, hold, self.queued);
        let (open, claim) = (self.ready.open_call(hold), self.ready.claim.as_ref());
        let claim = claim.and_then(Claimed::claim).cloned();
        let person = self.ready.person.clone();
        let warrant = services.journal.commit_intent(intent, open, claim, person).await?;
        self.claim = self.ready.claim.take().map(Claimed::sent);
        // A claimed call is met by its key alone.
        if self.ready.spends() && self.claim.is_none() {
            let (print, call) = (self.ready.fingerprint, self.ready.call.clone());
            let client = Client::clone(&self.ready.client);
            services.answers.watch(print, call, self.ready.token_id(), client);
        }
        Ok(warrant)
    }

    async fn after_commit(
        &mut self,
        warrant: SendWarrant,
        permit: Permit,
    ) -> (Conclusion, Option<Permit>) {
        // From the registration above on a twin finds this call. So whoever hangs up before this look
        // is not sent for, and whoever does after it leaves a call that its retry meets.
        if self.is_left().await {
            return (client_gone(), Some(permit));
        }
        if let Err(withdrawn) = self.calls.may_send(&self.ready) {
            let ending = Conclusion::own(Outcome::Failed, withdrawn.code(), withdrawn.reason());
            return (ending, Some(permit));
        }
        self.deliver(warrant, permit).await
    }

    /// Sends until Ideogram accepted or finally refused, or nobody can say.
    async fn deliver(
        &mut self,
        mut warrant: SendWarrant,
        mut permit: Permit,
    ) -> (Conclusion, Option<Permit>) {
        let mut exchanged = false;
        loop {
            match self.send(warrant).await {
                SendOutcome::RefusedForNow { answer, warrant: back } if self.is_drift(&answer) => {
                    match self.wait_again(permit).await {
                        Ok(next) => (permit, warrant) = (next, back),
                        Err(over) => return (over.ending(answer), None),
                    }
                }
                SendOutcome::RejectedKey { answer, warrant: back } => {
                    if exchanged || !self.slot.has_other_than(&self.key) {
                        // Ideogram does not work on it; asking about the key needs no place.
                        drop(permit);
                        return (self.rejected(answer).await, None);
                    }
                    exchanged = true;
                    match self.exchange_key(answer).await {
                        Ok(()) => warrant = back,
                        Err(ending) => return (*ending, Some(permit)),
                    }
                }
                sent => return (Conclusion::new(sent, &self.ready.route), Some(permit)),
            }
        }
    }

    /// Spends the warrant.
    async fn send(&mut self, warrant: SendWarrant) -> SendOutcome {
        let started = Instant::now();
        let request = self.ready.upstream_request();
        let sent = self.link.upstream.send(warrant, self.key.send_with(), request).await;
        self.at_ideogram += started.elapsed();
        if let Some(answer) = sent.answer() {
            self.echoed_key |= self.calls.note_echo(&self.ready.account, answer);
        }
        sent
    }

    /// Says whether a 429 means that someone else uses the account's places.
    fn is_drift(&self, answer: &UpstreamAnswer) -> bool {
        self.ready.places > 0 && names_no_other_reason(answer)
    }

    /// Records the refusal, gives the places back, and waits for them again at the head of the lane.
    async fn wait_again(&mut self, permit: Permit) -> Result<Permit, Over> {
        let services = self.calls.services().clone();
        let attempt = Attempt { upstream_status: 429, reason: "places taken elsewhere".into() };
        let now = services.clock.now();
        let record = self.ready.record(now, Action::Call, RecordBody::Attempt(attempt));
        services.metrics.upstream_limited(&self.ready.account);
        services.metrics.drifted(&self.ready.account);
        let requeue = permit.refused_upstream();
        let recorded = services.journal.commit(crate::domain::Bundle::record(record)).await;
        recorded.map_err(|_| Over::Time)?;
        let started = Instant::now();
        let turn = tokio::select! {
            // Asked first: when its turn has come as well, the call must still not be sent.
            biased;
            () = self.client.closed() => Err(Over::Time),
            withdrawn = self.calls.until_refused(|| self.calls.may_send(&self.ready)) => {
                Err(Over::Withdrawn(withdrawn))
            }
            permit = requeue.admit() => permit.map_err(|error| match error {
                AdmissionError::Paused(paused) => Over::Withdrawn(RecheckError::Paused(paused)),
                _ => Over::Time,
            }),
        };
        self.queued += started.elapsed();
        self.queued_again += started.elapsed();
        // Nobody tells of an end that only time brings.
        let again = self.calls.may_send(&self.ready).map_err(Over::Withdrawn);
        let permit = turn.and_then(|permit| again.map(|()| permit))?;
        if self.is_left().await { Err(Over::Time) } else { Ok(permit) }
    }

    /// Looks whether the client hung up, though nobody may have read that yet.
    async fn is_left(&self) -> bool {
        for _ in 0..LOOKS {
            match self.ready.client.state() {
                _ if self.client.is_closed() => return true,
                ClientState::Gone => return true,
                ClientState::Connected => return false,
                ClientState::Unclear => sleep(LOOK_AGAIN).await,
            }
        }
        // It sent more ahead than is read of it, and has not hung up as far as anybody can see.
        false
    }

    /// Asks for free whether the key is really rejected before blaming it.
    async fn rejected(&self, answer: UpstreamAnswer) -> Conclusion {
        if self.slot.is_rejected(&self.key, &self.link.upstream).await {
            self.calls.services().metrics.upstream_rejected_key(&self.ready.account);
            let code = ErrorCode::UpstreamRejectedKey;
            let ending = Conclusion::own(Outcome::Failed, code, "key rejected");
            return Conclusion { upstream_status: Some(401), ..ending };
        }
        Conclusion::passed_on(Outcome::Failed, answer)
    }

    /// Takes another key once Ideogram confirmed that it rejects this one, and records that.
    async fn exchange_key(&mut self, answer: UpstreamAnswer) -> Result<(), Box<Conclusion>> {
        let ending = self.rejected(answer).await;
        if !matches!(ending.reply, ClientReply::Own(ErrorCode::UpstreamRejectedKey)) {
            return Err(Box::new(ending));
        }
        let Some(other) = self.slot.replacement(&self.key).await else {
            return Err(Box::new(ending));
        };
        let (old, new) = (self.key.serving().version(), other.serving().version());
        let reason: Box<str> = format!("key {old} rejected, sent again with {new}").into();
        if self.ready.is_free() {
            self.sent_again = Some(reason);
        } else {
            let attempt = Attempt { upstream_status: 401, reason };
            let services = self.calls.services();
            let now = services.clock.now();
            let record = self.ready.record(now, Action::Call, RecordBody::Attempt(attempt));
            let recorded = services.journal.commit(crate::domain::Bundle::record(record)).await;
            recorded.map_err(|_| Box::new(ending))?;
        }
        self.key = other;
        if self.is_left().await {
            return Err(Box::new(client_gone()));
        }
        Ok(())
    }

    /// Returns whose read this is, and of what.
    pub(super) fn read_of(&self, opened_at: Timestamp) -> ReadOf {
        let ready = &self.ready;
        ReadOf {
            token: ready.token.id.clone(),
            environment: ready.token.environment.clone(),
            account: ready.account.clone(),
            route: ready.route.name.clone(),
            owner: ready.token.owner.clone(),
            key_version: self.key.serving().version().into(),
            client_addr: ready.client_addr.to_string().into(),
            queue_ms: millis(self.queued),
            opened_at,
            secret: ready.secret.number,
        }
    }

    /// Returns what the call took so far.
    pub(super) fn summary(&self, outcome: Outcome) -> CallSummary {
        CallSummary {
            call: self.ready.call.clone(),
            outcome,
            places: self.ready.places,
            charged: None,
            budget_left: None,
            queue: self.queued,
            upstream: self.at_ideogram,
        }
    }

    /// Returns the time spent in neither queue nor Ideogram.
    pub(super) fn own_time(&self) -> Duration {
        self.started.elapsed().saturating_sub(self.at_ideogram + self.queued_again)
    }

    /// Returns where the time went, for the metrics.
    pub(super) fn times(&self) -> CallTimes {
        let gateway = self.own_time();
        CallTimes { queue: self.queued, upstream: Some(self.at_ideogram), gateway }
    }

    /// Hands the end to the client, if it is still there.
    pub(super) fn tell(self, end: Result<Finished, SendError>) {
        // An unclaimed answer comes back here and is kept when its receipt drops.
        drop(self.client.send(end));
    }
}

/// Why a call is not sent again after a 429.
#[derive(Debug)]
enum Over {
    /// Its deadline passed, its client left, or the gateway takes no calls.
    Time,
    /// It may not be made any more: its token or the settings changed while it waited.
    Withdrawn(RecheckError),
}

impl Over {
    /// Ends the call with Ideogram's last answer, unless its token may not see one.
    fn ending(self, answer: UpstreamAnswer) -> Conclusion {
        match self {
            Self::Time => Conclusion::passed_on(Outcome::Failed, answer),
            Self::Withdrawn(withdrawn) => {
                let ending = Conclusion::own(Outcome::Failed, withdrawn.code(), withdrawn.reason());
                Conclusion { upstream_status: Some(answer.status.as_u16()), ..ending }
            }
        }
    }
}

fn client_gone() -> Conclusion {
    Conclusion::own(Outcome::Failed, ErrorCode::InternalError, "client gone before sending")
}

#[derive(Deserialize)]
struct UpstreamRefusal {
    #[serde(default)]
    reject_reason: Option<Box<str>>,
}

/// Ideogram names `inflight_limit` on v2 and nothing on v1; any other reason is not about places.
fn names_no_other_reason(answer: &UpstreamAnswer) -> bool {
    let Ok(Some(bytes)) = answer.body.bytes(64 << 10) else { return true };
    match serde_json::from_slice::<UpstreamRefusal>(&bytes) {
        Ok(UpstreamRefusal { reject_reason: Some(reason) }) => &*reason == "inflight_limit",
        _ => true,
    }
}

/// Splits a reply into the answer that is passed on, if there is one.
pub(super) fn answer_of(reply: &ClientReply) -> Option<&UpstreamAnswer> {
    match reply {
        ClientReply::PassOn(answer) => Some(answer),
        ClientReply::Own(_) => None,
    }
}
