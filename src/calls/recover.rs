//! What an earlier life of the process left behind.

use super::Calls;
use crate::{
    answers::KEPT_FOR,
    domain::{
        Action, AuditRecord, Bundle, CallId, ClaimState, CloseCall, Effect, OpenCall, Outcome,
        OutcomeRecord, Places, Principal, RecordBody, Timestamp, VendorUser,
    },
    ledger::{Budgets, Reserved},
    store::{BookedCall, JournalError, KeptClaim, StoreError, UnsettledCall},
};

/// What was found and put right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Calls whose intent had no outcome; they are unknown now.
    pub unknown: usize,
    /// Calls that still hold places.
    pub held: usize,
    /// Generations that are followed again.
    pub pending: usize,
}

/// Recovery could not be finished; the gateway must not start.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// The database could not be read.
    #[error("what an earlier run left behind could not be read")]
    Read(#[source] StoreError),
    /// The reading was cut off.
    #[error("reading what an earlier run left behind was cut off")]
    CutOff(#[source] tokio::task::JoinError),
    /// The folder of kept answers could not be tidied up.
    #[error("kept answers could not be tidied up")]
    Answers(#[source] std::io::Error),
    /// The outcome of an earlier call could not be recorded.
    #[error("the outcome of an earlier call could not be recorded")]
    Record(#[source] JournalError),
}

impl Calls {
    /// Settles what an earlier life of the process left open: each open intent becomes `unknown`, its
    /// places stay taken for their time, and pending generations are followed again.
    pub async fn recover(&self) -> Result<Recovered, RecoverError> {
        let reader = self.services().reader.clone();
        let now = self.services().clock.now();
        let left = self.services().tasks.run_blocking(move || LeftBehind::read(&reader, now)).await;
        let left = left.map_err(RecoverError::CutOff)?.map_err(RecoverError::Read)?;
        let mut found = Recovered::default();
        self.restore_answers(&left).await?;
        self.0.vendor_users.restore(&left.vendor_users);
        for (call, until) in &left.held {
            found.held += usize::from(*until > now && self.restore(call, *until));
        }
        for call in &left.open {
            self.close_as_unknown(call, left.has_claim(&call.call), now).await?;
            found.unknown += 1;
        }
        for generation in left.pending {
            found.pending += 1;
            let call = left.held.iter().find(|(held, _)| held.call == generation.call);
            let money = call.and_then(|(call, _)| reserved(call));
            self.follow(generation, money);
        }
        for booked in left.booked {
            self.ask_for_bill(booked);
        }
        Ok(found)
    }

    async fn close_as_unknown(
        &self,
        open: &OpenCall,
        is_claimed: bool,
        now: Timestamp,
    ) -> Result<(), RecoverError> {
        let settings = self.services().settings.now();
        let route = settings.routes.by_name(&open.route);
        let link = self.services().accounts.link(&open.account);
        let ttl = link.map(|link| route.map_or(link.place_ttl, |route| link.place_ttl(route)));
        let until = now.plus(ttl.unwrap_or_default());
        let close = CloseCall {
            call: open.call.clone(),
            outcome: Outcome::Unknown,
            charged: None,
            closed_at: now,
            places_until: (open.places > 0).then_some(until),
            images: 0,
        };
        let bundle =
            Bundle::record(crash_record(open, now)).with(Effect::CloseCall(Box::new(close)));
        let bundle = bundle.with(Effect::EndClaim(open.call.clone(), ClaimState::Unknown));
        self.services().journal.commit(bundle).await.map_err(RecoverError::Record)?;
        self.restore(open, until);
        // A claimed call is met by its key alone.
        if self.may_be_billed(open) && !is_claimed {
            let answers = &self.services().answers;
            answers.remember_unknown(open.fingerprint, open.call.clone(), &open.token, now);
        }
        Ok(())
    }

    /// A route that is no longer in the table may have been billed.
    fn may_be_billed(&self, open: &OpenCall) -> bool {
        let settings = self.services().settings.now();
        settings.routes.by_name(&open.route).is_none_or(|route| route.is_billable())
    }

    fn restore(&self, open: &OpenCall, until: Timestamp) -> bool {
        let places: Places = open.places;
        if places == 0 {
            return false;
        }
        let admission = &self.services().admission;
        let (account, call): (_, CallId) = (&open.account, open.call.clone());
        admission.restore(account, &open.environment, &open.token, places, call.clone());
        self.0.held.note(call, until);
        true
    }
}

/// Returns what an earlier run left reserved for a call; no budget is asked when it is settled.
pub(super) fn reserved(open: &OpenCall) -> Option<Reserved> {
    let budgets = Budgets {
        token: open.token.clone(),
        environment: open.environment.clone(),
        account: open.account.clone(),
        limits: Vec::new(),
    };
    Some(Reserved { budgets, opened_at: open.opened_at, amount: open.reserved? })
}

fn crash_record(open: &OpenCall, now: Timestamp) -> AuditRecord {
    let body = OutcomeRecord::new(Outcome::Unknown, "crash");
    AuditRecord {
        at: now,
        action: Action::Call.into(),
        principal: Principal::Gateway,
        resource: open.route.as_str().into(),
        call: Some(open.call.clone()),
        request: None,
        body: RecordBody::Outcome(Box::new(body)),
    }
}

/// What the database tells of an earlier life.
pub(super) struct LeftBehind {
    open: Vec<OpenCall>,
    held: Vec<(OpenCall, Timestamp)>,
    pending: Vec<crate::domain::Generation>,
    booked: Vec<BookedCall>,
    pub(super) unsettled: Vec<UnsettledCall>,
    pub(super) claims: Vec<KeptClaim>,
    vendor_users: Vec<VendorUser>,
}

impl LeftBehind {
    fn read(reader: &crate::store::Reader, now: Timestamp) -> Result<Self, StoreError> {
        let held = reader.held_calls()?;
        Ok(Self {
            open: reader.open_calls()?,
            held: held.into_iter().map(|held| (held.call, held.until)).collect(),
            pending: reader.pending_generations()?,
            booked: reader.booked_calls()?,
            unsettled: reader.unsettled_fingerprints(now.minus(KEPT_FOR))?,
            claims: reader.claims(now)?,
            vendor_users: reader.vendor_users()?,
        })
    }

    fn has_claim(&self, call: &CallId) -> bool {
        self.claims.iter().any(|kept| kept.claim.call == *call)
    }
}
