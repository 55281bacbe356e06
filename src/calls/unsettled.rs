//! Money of calls whose end nobody knows: charged after a day, or written off by an operator.

use super::{Calls, recover::reserved};
use crate::{
    domain::{
        AuditRecord, Bundle, CallId, Effect, OpenCall, Outcome, OutcomeRecord, Principal,
        RecordBody, Timestamp, Usd,
    },
    store::{JournalError, StoreError},
};
use serde_json::json;
use std::time::Duration;

/// How long money of an unknown call stays reserved before it counts as charged.
const CHARGED_AFTER: Duration = Duration::from_hours(24);

/// Reserved money could not be written off.
#[derive(Debug, thiserror::Error)]
pub enum WriteOffError {
    /// No unknown call of that name has money reserved.
    #[error("call {0} has no money reserved")]
    NotReserved(CallId),
    /// The database could not be read.
    #[error("the call could not be looked up")]
    Read(#[source] StoreError),
    /// The write-off could not be recorded, so it was not done.
    #[error("the write-off could not be recorded")]
    Unrecorded(#[source] JournalError),
    /// The gateway is stopping.
    #[error("the gateway is stopping")]
    Stopping,
}

impl Calls {
    /// Gives the reserved money of an unknown call back, on an operator's word that Ideogram did not
    /// bill it; returns the amount.
    pub async fn write_off(&self, call: &CallId, by: &Principal) -> Result<Usd, WriteOffError> {
        let now = self.0.services.clock.now();
        let found = self.unsettled(now.plus(Duration::from_micros(1))).await?;
        let open = found.into_iter().find(|open| open.call == *call);
        let open = open.ok_or_else(|| WriteOffError::NotReserved(call.clone()))?;
        let amount = open.reserved.unwrap_or_default();
        let (before, after) = (json!({"reserved_usd": amount}), json!({"charged_usd": Usd::ZERO}));
        let (by, action) = (by.clone(), "usage.write_off");
        let change = AuditRecord::change(now, by, action, call.as_str(), before, after);
        let record = AuditRecord { call: Some(call.clone()), ..change };
        self.settle_open(&open, record, Usd::ZERO).await.map_err(WriteOffError::Unrecorded)?;
        Ok(amount)
    }

    /// Charges what has been unknown for a day; to be called now and then.
    pub async fn charge_overdue(&self) -> Result<(), WriteOffError> {
        let now = self.0.services.clock.now();
        for open in self.unsettled(now.minus(CHARGED_AFTER)).await? {
            let amount = open.reserved.unwrap_or_default();
            let record = charged_record(&open, now, amount);
            self.settle_open(&open, record, amount).await.map_err(WriteOffError::Unrecorded)?;
        }
        Ok(())
    }

    async fn unsettled(&self, before: Timestamp) -> Result<Vec<OpenCall>, WriteOffError> {
        let reader = self.0.services.reader.clone();
        let read = self.0.services.tasks.block(move || reader.unsettled(before)).await;
        read.map_err(|_| WriteOffError::Stopping)?.map_err(WriteOffError::Read)
    }

    /// Makes the settlement durable, then counts it.
    async fn settle_open(
        &self,
        open: &OpenCall,
        record: AuditRecord,
        charged: Usd,
    ) -> Result<(), JournalError> {
        let effect = Effect::Settle(open.call.clone(), Some(charged));
        self.0.services.journal.commit(Bundle::record(record).with(effect)).await?;
        if let Some(money) = reserved(open) {
            let ledger = &self.0.services.ledger;
            ledger.settle(&money.budgets, money.opened_at, money.amount, charged);
        }
        self.0.services.metrics.spent(&open.environment, charged);
        Ok(())
    }
}

/// Returns the record of an amount that counts as charged from now on.
fn charged_record(open: &OpenCall, at: Timestamp, amount: Usd) -> AuditRecord {
    let reason = "charged after a day without an answer";
    let outcome =
        OutcomeRecord { charged: Some(amount), ..OutcomeRecord::of(Outcome::Unknown, reason) };
    AuditRecord {
        at,
        action: "ideogram.api.settled".into(),
        principal: Principal::Gateway,
        resource: open.call.as_str().into(),
        call: Some(open.call.clone()),
        request: None,
        body: RecordBody::Outcome(Box::new(outcome)),
    }
}
