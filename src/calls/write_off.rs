//! Money of unknown calls, given back on an operator's word, and taken back within the day.
//!
//! ```text
//!             write off                          the UTC day ends
//!  reserved ───────────▶ written off, charged 0 ─────────────────▶ for good
//!     ▲                      │ undone
//!     └──────────────────────┘
//! ```
//!
//! Each step is one commit of its record and its effect; only then the ledger follows. Of two that come
//! at once, the second contradicts what is stored and does nothing.

use super::{Calls, recover::reserved};
use crate::{
    domain::{
        Action, Actor, AuditRecord, Bundle, CallId, Effect, OpenCall, Principal, Timestamp, Usd,
    },
    ledger::{BudgetWindow, Period},
    store::{JournalError, RecordQuery, SealedRecord, StoreError},
};
use serde_json::{Value, json};
use std::time::Duration;

/// A step that was taken before: when, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastStep {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Principal,
}

/// Reserved money could not be written off, or not be taken back.
#[derive(Debug, thiserror::Error)]
pub enum WriteOffError {
    /// No unknown call of that name has money reserved.
    #[error("call {0} has no money reserved")]
    NotReserved(CallId),
    /// It was written off before.
    #[error("it was written off at {}", .0.at)]
    Already(PastStep),
    /// It is not written off; it was once, if a step is told.
    #[error("it is not written off")]
    NotWrittenOff(Option<PastStep>),
    /// It was written off on an earlier UTC day.
    #[error("it was written off on an earlier day, at {}", .0.at)]
    Final(PastStep),
    /// The database could not be read.
    #[error("the call could not be looked up")]
    Read(#[source] StoreError),
    /// The step could not be recorded, so it was not taken.
    #[error("it could not be recorded")]
    Unrecorded(#[source] JournalError),
    /// The gateway is stopping.
    #[error("the gateway is stopping")]
    Stopping,
}

/// The last step that operators took with a call's money.
enum LastStep {
    WrittenOff(PastStep),
    Undone(PastStep),
}

impl Calls {
    /// Gives the reserved money of an unknown call back, on an operator's word that Ideogram did not
    /// bill it; returns the amount.
    pub async fn write_off(
        &self,
        call: &CallId,
        by: impl Into<Actor>,
        reason: Option<&str>,
    ) -> Result<Usd, WriteOffError> {
        let now = self.services().clock.now();
        let found = self.unsettled(now.plus(Duration::from_micros(1))).await?;
        let Some(open) = found.into_iter().find(|open| open.call == *call) else {
            return Err(match self.last_step(call).await? {
                Some(LastStep::WrittenOff(step)) => WriteOffError::Already(step),
                _ => WriteOffError::NotReserved(call.clone()),
            });
        };
        let amount = open.reserved.unwrap_or_default();
        let before = json!({"reserved_usd": amount});
        let after = json!({"charged_usd": Usd::ZERO, "reason": reason});
        let record = step(now, by, Action::UsageWriteOff, call, [before, after]);
        let written = self.settle_open(&open, Bundle::record(record), Usd::ZERO).await;
        written.map_err(|error| match error {
            JournalError::Rejected(_) => WriteOffError::NotReserved(call.clone()),
            error => WriteOffError::Unrecorded(error),
        })?;
        Ok(amount)
    }

    /// Reserves the money of a call again that was written off on the same UTC day, as if it had not
    /// been; returns the amount.
    pub async fn undo_write_off(
        &self,
        call: &CallId,
        by: impl Into<Actor>,
        reason: Option<&str>,
    ) -> Result<Usd, WriteOffError> {
        let now = self.services().clock.now();
        match self.last_step(call).await? {
            None => return Err(WriteOffError::NotWrittenOff(None)),
            Some(LastStep::Undone(step)) => return Err(WriteOffError::NotWrittenOff(Some(step))),
            Some(LastStep::WrittenOff(step)) if !same_day(step.at, now) => {
                return Err(WriteOffError::Final(step));
            }
            Some(LastStep::WrittenOff(_)) => {}
        }
        let open = self.written_off(call).await?.ok_or(WriteOffError::NotWrittenOff(None))?;
        let amount = open.reserved.unwrap_or_default();
        let before = json!({"charged_usd": Usd::ZERO});
        let after = json!({"reserved_usd": amount, "reason": reason});
        let record = step(now, by, Action::UsageWriteOffUndo, call, [before, after]);
        self.reserve_again(&open, record).await?;
        Ok(amount)
    }

    async fn reserve_again(
        &self,
        open: &OpenCall,
        record: AuditRecord,
    ) -> Result<(), WriteOffError> {
        let bundle = Bundle::record(record).with(Effect::ReserveAgain(open.call.clone()));
        self.services().journal.commit(bundle).await.map_err(|error| match error {
            JournalError::Rejected(_) => WriteOffError::NotWrittenOff(None),
            error => WriteOffError::Unrecorded(error),
        })?;
        if let Some(money) = reserved(open) {
            let ledger = &self.services().ledger;
            ledger.reserve_again(&money.budgets, money.opened_at, money.amount);
        }
        Ok(())
    }

    async fn written_off(&self, call: &CallId) -> Result<Option<OpenCall>, WriteOffError> {
        let (reader, call) = (self.services().reader.clone(), call.clone());
        let read = self.services().tasks.run_blocking(move || reader.written_off(&call)).await;
        read.map_err(|_| WriteOffError::Stopping)?.map_err(WriteOffError::Read)
    }

    async fn last_step(&self, call: &CallId) -> Result<Option<LastStep>, WriteOffError> {
        let reader = self.services().reader.clone();
        let query = RecordQuery {
            call: Some(call.clone()),
            kinds: vec!["admin"],
            newest_first: true,
            ..RecordQuery::default()
        };
        let read = self.services().tasks.run_blocking(move || reader.records(&query)).await;
        let records = read.map_err(|_| WriteOffError::Stopping)?.map_err(WriteOffError::Read)?;
        Ok(records.into_iter().find_map(as_step))
    }
}

fn as_step(sealed: SealedRecord) -> Option<LastStep> {
    let record = sealed.record;
    let past = PastStep { at: record.at, by: record.principal };
    match Action::find(&record.action)? {
        Action::UsageWriteOff => Some(LastStep::WrittenOff(past)),
        Action::UsageWriteOffUndo => Some(LastStep::Undone(past)),
        _ => None,
    }
}

fn step(
    now: Timestamp,
    by: impl Into<Actor>,
    action: Action,
    call: &CallId,
    [before, after]: [Value; 2],
) -> AuditRecord {
    let change = AuditRecord::change(now, by, action, call.as_str(), before, after);
    AuditRecord { call: Some(call.clone()), ..change }
}

fn same_day(one: Timestamp, other: Timestamp) -> bool {
    BudgetWindow::containing(Period::Day, one) == BudgetWindow::containing(Period::Day, other)
}
