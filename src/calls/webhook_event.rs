//! A webhook's word that a generation ended: made durable, then believed.
//!
//! The order is the other way round than for a poll, which only reads what Ideogram says again when it
//! is asked again: here the sender is told nothing before its word is durable, and tries again if not.

use super::{AnswerFacts, Calls, generation_end::GenerationEnd, vendor_users::UserState};
use crate::{
    domain::{
        AccountName, Action, AuditRecord, Bundle, Delivery, DeliveryDigest, Effect, Generation,
        GenerationId, GenerationState, Principal, RecordBody, RequestId, Timestamp, VendorUser,
    },
    ledger::Reserved,
    store::{JournalError, StoreError},
    webhooks::{Scheme, Verified},
};
use serde_json::json;
use std::pin::pin;
use tokio::time::{Instant, timeout_at};

/// A verified delivery, and what it says.
#[derive(Debug)]
pub struct WebhookEvent {
    delivery: Verified,
    facts: AnswerFacts,
    request: RequestId,
    client_addr: Box<str>,
}

/// What a delivery did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookResult {
    /// It ended its generation.
    Ended,
    /// It had done so before; nothing changed.
    Again,
    /// Its generation had ended before, seen by a poll or another delivery; nothing changed.
    Late,
}

/// A delivery did nothing, and its sender may try again.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    /// No call through here submitted its generation.
    #[error("no such generation")]
    Unknown,
    /// Too many deliveries wait for their generations.
    #[error("too many deliveries wait")]
    Crowded,
    /// Somebody else is about to end the generation, and has not come to an end.
    #[error("the generation is being ended")]
    Ending,
    /// The generation is of an account that did not sign.
    #[error("generation of another account")]
    OtherAccount,
    /// The signature names another user than the account's.
    #[error("another user than the account's")]
    OtherUser(AccountName),
    /// It does not say how the generation ended, and Ideogram does not say that it did.
    #[error("nothing says how the generation ended")]
    Unsaid,
    /// The database could not be read.
    #[error("the generation could not be looked up")]
    Read(#[source] StoreError),
    /// The end could not be recorded, so it did not happen.
    #[error("the end could not be recorded")]
    Unrecorded(#[source] JournalError),
    /// The gateway is stopping.
    #[error("the gateway is stopping")]
    Stopping,
}

impl WebhookEvent {
    /// Reads what a delivery says; its body is not needed any more then.
    pub fn new(
        delivery: Verified,
        body: &[u8],
        request: RequestId,
        client_addr: impl Into<Box<str>>,
    ) -> Self {
        let facts = AnswerFacts::of_json(body);
        Self { delivery, facts, request, client_addr: client_addr.into() }
    }

    fn generation(&self) -> &GenerationId {
        self.delivery.generation()
    }
}

/// How a notice stands to its generation.
enum EventState {
    /// It ends it.
    Ends(Box<EndingGuard>),
    /// There is nothing to end any more.
    Over(WebhookResult),
    /// Not yet; this is so if it stays like that.
    NotYet(NoticeError),
}

/// A generation that nobody else ends while this is held.
struct EndingGuard {
    calls: Calls,
    generation: Generation,
    money: Option<Reserved>,
}

impl Drop for EndingGuard {
    fn drop(&mut self) {
        self.calls.0.generations.give_back(&self.generation.id);
    }
}

impl Calls {
    /// Ends the generation that a delivery is about, and returns when that is durable.
    ///
    /// A delivery that comes before its call's answer waits until `deadline`. Once it is being
    /// recorded, that goes on even if the returned future is dropped.
    pub async fn notified(
        &self,
        notice: WebhookEvent,
        deadline: Instant,
    ) -> Result<WebhookResult, NoticeError> {
        let (mut seat, mut is_last) = (None, false);
        loop {
            let mut change = pin!(self.0.generations.changed());
            change.as_mut().enable();
            let not_yet = match self.standing(&notice).await? {
                EventState::Over(noticed) => return Ok(noticed),
                EventState::Ends(mark) => return self.end_surely(*mark, notice).await,
                EventState::NotYet(error) => error,
            };
            if is_last {
                return Err(not_yet);
            }
            if seat.is_none() {
                seat = Some(self.0.generations.seat().ok_or(NoticeError::Crowded)?);
            }
            is_last = timeout_at(deadline, change).await.is_err();
        }
    }

    async fn standing(&self, notice: &WebhookEvent) -> Result<EventState, NoticeError> {
        let id = notice.generation();
        if let Some((generation, money)) = self.0.generations.begin_end(id) {
            let mark = EndingGuard { calls: self.clone(), generation, money };
            self.check_sender(notice, &mark.generation)?;
            return Ok(EventState::Ends(Box::new(mark)));
        }
        let (found, ended_by) = self.look_up(id).await?;
        let Some(generation) = found else { return Ok(EventState::NotYet(NoticeError::Unknown)) };
        self.check_sender(notice, &generation)?;
        Ok(match generation.state {
            // Its call's answer is just recorded, or somebody else is about to end it.
            GenerationState::Pending => EventState::NotYet(NoticeError::Ending),
            _ if ended_by == Some(notice.delivery.digest()) => {
                EventState::Over(WebhookResult::Again)
            }
            _ => EventState::Over(WebhookResult::Late),
        })
    }

    async fn look_up(
        &self,
        id: &GenerationId,
    ) -> Result<(Option<Generation>, Option<DeliveryDigest>), NoticeError> {
        let (reader, id) = (self.services().reader.clone(), id.clone());
        let read = move || Ok((reader.generation(&id)?, reader.delivery(&id)?));
        let read = self.services().tasks.run_blocking(read).await;
        read.map_err(|_| NoticeError::Stopping)?.map_err(NoticeError::Read)
    }

    /// Only the account's own vendor user may speak of its generations.
    fn check_sender(
        &self,
        notice: &WebhookEvent,
        generation: &Generation,
    ) -> Result<(), NoticeError> {
        if !notice.delivery.speaks_for(&generation.account) {
            return Err(NoticeError::OtherAccount);
        }
        match self.user_standing(notice, &generation.account) {
            Some(UserState::Other) => Err(NoticeError::OtherUser(generation.account.clone())),
            _ => Ok(()),
        }
    }

    fn user_standing(&self, notice: &WebhookEvent, account: &AccountName) -> Option<UserState> {
        let user = notice.delivery.user()?;
        let link = self.services().accounts.link(account);
        let set = link.and_then(|link| link.vendor_user.as_deref());
        Some(self.0.vendor_users.standing(account, set, user))
    }

    async fn end_surely(
        &self,
        mark: EndingGuard,
        notice: WebhookEvent,
    ) -> Result<WebhookResult, NoticeError> {
        let calls = self.clone();
        let ending = async move { calls.end_by(&mark, &notice).await };
        let ended = self.services().tasks.spawn_tracked("webhook", ending).await;
        ended.map_err(|_| NoticeError::Stopping)?.map(|()| WebhookResult::Ended)
    }

    /// Makes the end durable; only then money, places and the list of pending generations follow.
    async fn end_by(&self, mark: &EndingGuard, notice: &WebhookEvent) -> Result<(), NoticeError> {
        let generation = &mark.generation;
        let (state, facts) = self.said(generation, &notice.facts).await?;
        let end = GenerationEnd::new(generation.clone(), mark.money.clone(), state, &facts);
        let mut record = self.generation_record(&end, &facts);
        if let RecordBody::Outcome(outcome) = &mut record.body {
            outcome.reason = Some(reason(state).into());
        }
        let now = record.at;
        let mut bundle = end.bundle(record);
        let pin = self.pin(notice, generation, now);
        tell_delivery(&mut bundle, notice, generation, now);
        if let Some(pin) = &pin {
            tell_pin(&mut bundle, pin);
        }
        self.services().journal.commit(bundle).await.map_err(NoticeError::Unrecorded)?;
        self.book(&end);
        self.0.held.free(&generation.call);
        self.0.generations.forget(&generation.id);
        if let Some(pin) = &pin {
            self.0.vendor_users.pin(pin);
        }
        self.after_end(end);
        Ok(())
    }

    /// Returns how the generation ended, as the delivery says, or as Ideogram does when it says nothing.
    async fn said(
        &self,
        generation: &Generation,
        facts: &AnswerFacts,
    ) -> Result<(GenerationState, AnswerFacts), NoticeError> {
        if let Some(state) = end_in(facts) {
            return Ok((state, facts.clone()));
        }
        let polled = self.poll(generation).await.ok_or(NoticeError::Unsaid)?;
        let state = polled.state.filter(|state| *state != GenerationState::Pending);
        state.map(|state| (state, polled)).ok_or(NoticeError::Unsaid)
    }

    fn pin(
        &self,
        notice: &WebhookEvent,
        generation: &Generation,
        now: Timestamp,
    ) -> Option<VendorUser> {
        let user = notice.delivery.user()?;
        let is_first = self.user_standing(notice, &generation.account)? == UserState::First;
        let account = generation.account.clone();
        is_first.then(|| VendorUser { account, user: user.into(), since: now })
    }
}

/// Pictures are an end, if nothing else is said.
fn end_in(facts: &AnswerFacts) -> Option<GenerationState> {
    match facts.state {
        Some(GenerationState::Pending) => None,
        None => facts.images.map(|_| GenerationState::Completed),
        ended => ended,
    }
}

fn reason(state: GenerationState) -> &'static str {
    match state {
        GenerationState::Failed => "generation failed, as a webhook told",
        _ => "generation completed, as a webhook told",
    }
}

/// Says in the bundle by which word the generation ended.
fn tell_delivery(
    bundle: &mut Bundle,
    notice: &WebhookEvent,
    generation: &Generation,
    now: Timestamp,
) {
    let delivery = &notice.delivery;
    let key = match delivery.scheme() {
        Scheme::Ed25519 { key } => Some(key),
        Scheme::HmacSha256 => None,
    };
    let after = json!({
        "state": "ended",
        "scheme": delivery.scheme().as_str(),
        "key_id": key,
        "user_id": delivery.user(),
        "delivery": delivery.digest(),
        "client_addr": notice.client_addr,
    });
    let (before, name) = (json!({"state": "pending"}), generation.id.as_str());
    let change =
        AuditRecord::change(now, Principal::Gateway, Action::WebhookReceived, name, before, after);
    let (call, request) = (Some(generation.call.clone()), Some(notice.request.clone()));
    bundle.records.push(AuditRecord { call, request, ..change });
    bundle.effects.push(Effect::KeepDelivery(Box::new(Delivery {
        generation: generation.id.clone(),
        digest: delivery.digest(),
        received_at: now,
    })));
}

/// Says in the bundle that the account is held to this user from now on.
fn tell_pin(bundle: &mut Bundle, pin: &VendorUser) {
    let (before, after) = (json!({"user_id": null}), json!({"user_id": pin.user}));
    let (by, action) = (Principal::Gateway, Action::WebhookUser);
    let name = pin.account.as_str();
    bundle.records.push(AuditRecord::change(pin.since, by, action, name, before, after));
    bundle.effects.push(Effect::PinVendorUser(Box::new(pin.clone())));
}
