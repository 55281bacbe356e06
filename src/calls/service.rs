//! What works on calls: its parts, and what others ask it.

use super::{
    GenerationAccess, bill_queue::BillQueue, deliveries::Deliveries,
    generations::PendingGenerations, held::HeldPlaces, pause_list::PauseList,
    vendor_users::VendorUsers,
};
use crate::{
    accounts::Accounts,
    admission::Admission,
    answers::{Answers, ClaimRegistry, SealedAnswers},
    config::LiveSettings,
    domain::{Clock, EnvironmentName, GenerationId, Token},
    ledger::Ledger,
    spool::SpoolBudget,
    store::{Journal, Reader, StoreError},
    tasks::Tasks,
    telemetry::Metrics,
    tokens::Tokens,
};
use std::sync::Arc;

/// The services that meet around a call.
#[derive(Debug, Clone)]
pub struct CallServices {
    /// Makes records durable.
    pub journal: Journal,
    /// Reads what was recorded.
    pub reader: Reader,
    /// Knows the tokens.
    pub tokens: Tokens,
    /// Reaches the accounts.
    pub accounts: Accounts,
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
    /// What is set: environments, accounts and routes.
    pub settings: LiveSettings,
    /// Knows what was spent.
    pub ledger: Ledger,
    /// Runs calls that their clients may leave.
    pub tasks: Tasks,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Counts.
    pub metrics: Arc<Metrics>,
}

#[derive(Debug)]
pub(super) struct CallsInner {
    pub(super) services: CallServices,
    pub(super) held: HeldPlaces,
    pub(super) generations: PendingGenerations,
    pub(super) bills: BillQueue,
    pub(super) deliveries: Deliveries,
    pub(super) vendor_users: VendorUsers,
    pub(super) pauses: PauseList,
}

/// Sends calls, follows them and settles them; clones share everything.
#[derive(Debug, Clone)]
pub struct Calls(pub(super) Arc<CallsInner>);

impl Calls {
    /// Returns what the calls are worked on with.
    pub(super) fn services(&self) -> &CallServices {
        &self.0.services
    }

    /// Returns the room over its services.
    pub fn new(services: CallServices) -> Self {
        let held = HeldPlaces::new(services.admission.clone(), Arc::clone(&services.clock));
        Self(Arc::new(CallsInner {
            services,
            held,
            generations: PendingGenerations::default(),
            bills: BillQueue::default(),
            deliveries: Deliveries::default(),
            vendor_users: VendorUsers::default(),
            pauses: PauseList::default(),
        }))
    }

    /// Says whether answers that nobody received are kept for identical retries.
    pub(super) fn recovers(&self, environment: &EnvironmentName) -> bool {
        let settings = self.services().settings.now();
        settings
            .environments
            .get(environment)
            .is_some_and(|environment| environment.recover_answers)
    }

    /// Says what `token` may know of a generation.
    pub async fn generation_access(
        &self,
        token: &Token,
        id: &GenerationId,
    ) -> Result<GenerationAccess, StoreError> {
        let (reader, wanted) = (self.services().reader.clone(), id.clone());
        let read = self.services().tasks.run_blocking(move || reader.generation(&wanted));
        match read.await {
            Ok(found) => Ok(GenerationAccess::new(found?.as_ref(), token)),
            // The reading was cut off: whose generation it is cannot be said.
            Err(_) => Ok(GenerationAccess::Unknown),
        }
    }
}
