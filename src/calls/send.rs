//! The way in: a ready call and its permit become an answer.

use super::{
    AccountLink, AccountLinks, Finished, GenerationAccess, KeySlot, ReadyCall, SendError,
    bills::Bills, client_guard::ClientGuard, generations::PendingGenerations, held::HeldPlaces,
    keep::Deliveries, sending::Sending, vendor_users::VendorUsers,
};
use crate::{
    admission::{Admission, Permit},
    answers::{Answers, ClaimRegistry, SealedAnswers},
    domain::{AccountName, Clock, EnvironmentName, GenerationId, RouteTable, Token},
    ledger::{Hold, Ledger},
    spool::SpoolBudget,
    store::{Journal, Reader, StoreError},
    tasks::Tasks,
    telemetry::Metrics,
    tokens::Tokens,
};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tokio::sync::oneshot;

/// The services that meet around a call.
#[derive(Debug, Clone)]
pub struct CallServices {
    /// Makes records durable.
    pub journal: Journal,
    /// Reads what was recorded.
    pub reader: Reader,
    /// Knows the tokens.
    pub tokens: Tokens,
    /// Gives out places.
    pub admission: Admission,
    /// Remembers answers nobody received.
    pub answers: Answers,
    /// Remembers idempotency keys.
    pub claims: ClaimRegistry,
    /// Keeps answers on disk.
    pub sealed: SealedAnswers,
    /// Bounds the bodies of kept answers.
    pub spool: Arc<SpoolBudget>,
    /// The environments whose unreceived answers are kept for identical retries.
    pub recovering: Arc<BTreeSet<EnvironmentName>>,
    /// Knows prices and what was spent.
    pub ledger: Ledger,
    /// Runs calls that their clients may leave.
    pub tasks: Tasks,
    /// Knows the routes of calls that an earlier run left behind.
    pub routes: Arc<RouteTable>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Counts.
    pub metrics: Arc<Metrics>,
}

/// Sends calls, follows them and settles them; clones share everything.
#[derive(Debug, Clone)]
pub struct Calls(pub(super) Arc<CallsInner>);

#[derive(Debug)]
pub(super) struct CallsInner {
    pub(super) services: CallServices,
    pub(super) lines: AccountLinks,
    pub(super) held: HeldPlaces,
    pub(super) generations: PendingGenerations,
    pub(super) bills: Bills,
    pub(super) deliveries: Deliveries,
    pub(super) vendor_users: VendorUsers,
}

impl Calls {
    /// Returns the room with its lines to the accounts.
    pub fn new(services: CallServices, lines: AccountLinks) -> Self {
        let held = HeldPlaces::new(services.admission.clone(), Arc::clone(&services.clock));
        Self(Arc::new(CallsInner {
            services,
            lines,
            held,
            generations: PendingGenerations::default(),
            bills: Bills::default(),
            deliveries: Deliveries::default(),
            vendor_users: VendorUsers::default(),
        }))
    }

    /// Sends a call and returns its answer once its outcome is durable.
    ///
    /// The call is finished and recorded even if the returned future is dropped after the commit.
    pub async fn send(
        &self,
        ready: ReadyCall,
        hold: Hold,
        permit: Permit,
    ) -> Result<Finished, SendError> {
        let way = self.checked_again(&ready, &hold).await?;
        let (client, answer) = oneshot::channel();
        let answers = self.0.services.answers.clone();
        let (print, call) = (ready.fingerprint, ready.call.clone());
        let presence = ClientGuard::of(answers.clone(), print, call.clone());
        ready.handed_over.note();
        let sending = Sending::new(self.clone(), ready, way, client);
        self.0.services.tasks.spawn_tracked("call", sending.run(hold, permit));
        let end = answer.await;
        presence.ends();
        end.unwrap_or_else(|_| {
            // A client that is told that the outcome is unknown must not pay by its retry.
            answers.unknown(&print, &call);
            Err(SendError::CutOff)
        })
    }

    /// Looks once more at what may have changed while the call waited.
    async fn checked_again(
        &self,
        ready: &ReadyCall,
        hold: &Hold,
    ) -> Result<(Arc<AccountLink>, Arc<KeySlot>), SendError> {
        let line = self.line(&ready.account).ok_or(SendError::NoKey)?;
        let slot = line.keys.get(&ready.token.environment).ok_or(SendError::NoKey)?;
        if !slot.is_usable(&line.upstream).await {
            return Err(SendError::KeyRejected { retry_after: slot.rests().unwrap_or_default() });
        }
        if ready.spends() {
            line.breaker.admit(hold.bound()).map_err(SendError::NoBalance)?;
        }
        // Last, since asking about a key takes time in which a token may be withdrawn.
        ready.check_again(&self.0.services.tokens)?;
        Ok((Arc::clone(line), Arc::clone(slot)))
    }

    /// Returns the line to an account.
    pub fn line(&self, account: &AccountName) -> Option<&Arc<AccountLink>> {
        self.0.lines.get(account)
    }

    /// Returns how long an environment's calls must wait because Ideogram rejects its key.
    pub fn key_rests(
        &self,
        account: &AccountName,
        environment: &EnvironmentName,
    ) -> Option<Duration> {
        self.line(account)?.keys.get(environment)?.rests()
    }

    /// Says whether an environment has a key.
    pub fn has_key(&self, account: &AccountName, environment: &EnvironmentName) -> bool {
        self.line(account).is_some_and(|line| line.keys.contains_key(environment))
    }

    /// Says what `token` may know of a generation.
    pub async fn generation_access(
        &self,
        token: &Token,
        id: &GenerationId,
    ) -> Result<GenerationAccess, StoreError> {
        let (reader, wanted) = (self.0.services.reader.clone(), id.clone());
        let read = self.0.services.tasks.run_blocking(move || reader.generation(&wanted));
        match read.await {
            Ok(found) => Ok(GenerationAccess::of(found?.as_ref(), token)),
            // The reading was cut off: whose generation it is cannot be said.
            Err(_) => Ok(GenerationAccess::Unknown),
        }
    }
}
