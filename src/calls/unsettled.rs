//! Money of calls whose end nobody knows: charged after a day.

use super::{Calls, WriteOffError, recover::reserved};
use crate::{
    domain::{
        Action, AuditRecord, Bundle, Effect, OpenCall, Outcome, OutcomeRecord, Principal,
        RecordBody, Timestamp, Usd,
    },
    store::JournalError,
};
use std::time::Duration;

/// How long money of an unknown call stays reserved before it counts as charged.
const CHARGED_AFTER: Duration = Duration::from_hours(24);

impl Calls {
    /// Charges what has been unknown for a day; to be called now and then.
    pub async fn charge_overdue(&self) -> Result<(), WriteOffError> {
        let now = self.services().clock.now();
        for open in self.unsettled(now.minus(CHARGED_AFTER)).await? {
            let amount = open.reserved.unwrap_or_default();
            let record = charged_record(&open, now, amount);
            let images = Effect::Images(open.call.clone(), open.asked);
            let bundle = Bundle::record(record).with(images);
            self.settle_open(&open, bundle, amount).await.map_err(WriteOffError::Unrecorded)?;
        }
        Ok(())
    }

    /// Returns the calls that ended before `before` and whose money is still reserved.
    pub(super) async fn unsettled(
        &self,
        before: Timestamp,
    ) -> Result<Vec<OpenCall>, WriteOffError> {
        let reader = self.services().reader.clone();
        let read = self.services().tasks.run_blocking(move || reader.unsettled(before)).await;
        read.map_err(|_| WriteOffError::Stopping)?.map_err(WriteOffError::Read)
    }

    /// Makes the settlement durable, then counts it.
    pub(super) async fn settle_open(
        &self,
        open: &OpenCall,
        bundle: Bundle,
        charged: Usd,
    ) -> Result<(), JournalError> {
        let effect = Effect::Settle(open.call.clone(), Some(charged));
        self.services().journal.commit(bundle.with(effect)).await?;
        if let Some(money) = reserved(open) {
            let ledger = &self.services().ledger;
            ledger.settle(&money.budgets, money.opened_at, money.amount, charged);
        }
        self.services().metrics.spent(&open.environment, charged);
        Ok(())
    }
}

/// Returns the record of an amount that counts as charged from now on.
fn charged_record(open: &OpenCall, at: Timestamp, amount: Usd) -> AuditRecord {
    let reason = "charged after a day without an answer";
    let outcome = OutcomeRecord {
        charged: Some(amount),
        images: open.asked,
        ..OutcomeRecord::new(Outcome::Unknown, reason)
    };
    AuditRecord {
        at,
        action: Action::CallSettled.into(),
        principal: Principal::Gateway,
        resource: open.call.as_str().into(),
        call: Some(open.call.clone()),
        request: None,
        body: RecordBody::Outcome(Box::new(outcome)),
    }
}
