//! What Ideogram billed, for calls that were charged by the price table.
//!
//! An answer that comes at once says nothing of its price, but it names a generation, and asking for that
//! says what was billed. That is done after the answer went out, and costs nothing: no place, no token's
//! rate, no money.
//!
//! ```text
//!             outcome committed                 Ideogram tells             committed
//!  reserved ─────────────────────▶ booked ───────────────────────▶ told ─────────────▶ corrected
//!             charged by the table   │ ▲                             │
//!                                    │ └─ asked again: 4 times in all │ not committed
//!                                    │    and once more after a start ▼
//!                                    ▼                              booked, until the next start
//!                                  completed: the table's price stays
//! ```
//!
//! **Invariant:** the charge is corrected in the store before it is in the ledger, and once: a correction
//! names the charge that it replaces.

use super::Calls;
use crate::{
    domain::{
        Action, AuditRecord, Bill, Bundle, Effect, GenerationId, GenerationState, Outcome,
        OutcomeRecord, Principal, RecordBody, Usd,
    },
    ledger::Budgets,
    store::BookedCall,
};
use std::time::Duration;

/// How long is waited before each time that Ideogram is asked.
const PAUSES: [Duration; 4] =
    [Duration::ZERO, Duration::from_secs(2), Duration::from_secs(20), Duration::from_mins(5)];

impl Calls {
    /// Asks Ideogram on its own what was billed for a call.
    pub(super) fn ask_for_bill(&self, booked: BookedCall) {
        if !self.0.bills.put(booked.clone()) {
            return;
        }
        let calls = self.clone();
        self.0
            .services
            .tasks
            .spawn_background("bill", async move { calls.ask_until_told(booked).await });
    }

    async fn ask_until_told(&self, booked: BookedCall) {
        let id = &booked.generation.id;
        for pause in PAUSES {
            tokio::time::sleep(pause).await;
            let Ok(_lane) = self.0.bills.lanes.acquire().await else { return };
            // A client's own poll may have told it meanwhile.
            if !self.0.bills.lock().contains_key(id) {
                return;
            }
            let told = self.poll(&booked.generation).await.and_then(|facts| facts.cost);
            if let Some(billed) = told {
                return self.billed(id, billed).await;
            }
        }
        if let Some(booked) = self.0.bills.take(id) {
            tracing::info!(generation.id = %id, charged = %booked.charged, "ideogram does not say what it billed; the price table's price stays");
            let over = Effect::FinishGeneration(id.clone(), GenerationState::Completed);
            self.services().journal.note(vec![over]);
            self.count_spent(&booked, booked.charged);
        }
    }

    /// Charges a call what Ideogram billed for it, unless somebody else did.
    pub(super) async fn billed(&self, id: &GenerationId, billed: Usd) {
        let Some(booked) = self.0.bills.take(id) else { return };
        let bundle = Bundle::record(self.bill_record(&booked, billed));
        let bundle = bundle.with(Effect::Bill(Box::new(Bill {
            generation: id.clone(),
            call: booked.generation.call.clone(),
            before: booked.charged,
            after: billed,
        })));
        if let Err(error) = self.services().journal.commit(bundle).await {
            tracing::warn!(generation.id = %id, %error, "what ideogram billed is not recorded; it is asked for again after the next start");
            return self.count_spent(&booked, booked.charged);
        }
        let ledger = &self.services().ledger;
        ledger.correct(&budgets(&booked), booked.opened_at, booked.charged, billed);
        self.count_spent(&booked, billed);
        if billed > booked.bound {
            tracing::warn!(event = "price_stale", charged = %billed, "ideogram charged more than the price table says");
        }
    }

    fn count_spent(&self, booked: &BookedCall, amount: Usd) {
        self.services().metrics.spent(&booked.generation.environment, amount);
    }

    fn bill_record(&self, booked: &BookedCall, billed: Usd) -> AuditRecord {
        let reason = if billed == booked.charged {
            "charged as Ideogram billed it".to_owned()
        } else {
            let before = booked.charged;
            format!("charged as Ideogram billed it; by the price table it was ${before}")
        };
        let generation = &booked.generation;
        let body = OutcomeRecord {
            charged: Some(billed),
            generations: vec![generation.id.clone()],
            ..OutcomeRecord::new(Outcome::Success, reason)
        };
        AuditRecord {
            at: self.services().clock.now(),
            action: Action::CallSettled.into(),
            principal: Principal::Gateway,
            resource: generation.call.as_str().into(),
            call: Some(generation.call.clone()),
            request: None,
            body: RecordBody::Outcome(Box::new(body)),
        }
    }
}

/// Returns whom the money of a call is counted for; no budget is asked when it is corrected.
fn budgets(booked: &BookedCall) -> Budgets {
    let generation = &booked.generation;
    Budgets {
        token: generation.token.clone(),
        environment: generation.environment.clone(),
        account: generation.account.clone(),
        limits: Vec::new(),
    }
}
