//! How a generation ended, and what that is charged.

use super::{AnswerFacts, Calls, money::charge_of_generation};
use crate::{
    domain::{AuditRecord, Bundle, Effect, Generation, GenerationState, Usd},
    ledger::Reserved,
    store::BookedCall,
};

/// A generation that ended.
#[derive(Debug)]
pub(super) struct GenerationEnd {
    pub(super) generation: Generation,
    pub(super) state: GenerationState,
    pub(super) charged: Option<Usd>,
    images: u32,
    money: Option<Reserved>,
}

impl GenerationEnd {
    /// Returns the end of a generation in a terminal state; a charge that nobody told is by the table.
    pub(super) fn new(
        generation: Generation,
        money: Option<Reserved>,
        state: GenerationState,
        facts: &AnswerFacts,
    ) -> Self {
        let charged = money.as_ref().and_then(|money| charge_of_generation(money, state, facts));
        let by_table = state == GenerationState::Completed && charged.is_some();
        let can_tell = facts.cost.is_none() && generation.route.tells_bills();
        let state = if by_table && can_tell { GenerationState::Booked } else { state };
        Self { generation, state, charged, images: facts.images.unwrap_or(0), money }
    }

    /// Returns what makes the end durable.
    pub(super) fn bundle(&self, record: AuditRecord) -> Bundle {
        let (id, call) = (self.generation.id.clone(), self.generation.call.clone());
        let bundle = Bundle::record(record)
            .with(Effect::FinishGeneration(id, self.state))
            .with(Effect::Images(call.clone(), self.images))
            .with(Effect::ReleasePlaces(call.clone()));
        // Without money there is nothing to settle: it has no price, or was charged when it began.
        match self.charged {
            Some(_) => bundle.with(Effect::Settle(call, self.charged)),
            None => bundle,
        }
    }

    fn booked(self) -> Option<BookedCall> {
        let is_booked = self.state == GenerationState::Booked;
        let (money, charged) = self.money.zip(self.charged).filter(|_| is_booked)?;
        let (opened_at, bound) = (money.opened_at, money.amount);
        Some(BookedCall { generation: self.generation, opened_at, charged, bound })
    }
}

impl Calls {
    /// Counts an end against its budgets.
    pub(super) fn book(&self, end: &GenerationEnd) {
        if let (Some(money), Some(charged)) = (&end.money, end.charged) {
            let ledger = &self.services().ledger;
            ledger.settle(&money.budgets, money.opened_at, money.amount, charged);
        }
    }

    /// Asks what was billed if the end did not say it.
    pub(super) fn after_end(&self, end: GenerationEnd) {
        let (environment, charged) = (end.generation.environment.clone(), end.charged);
        match end.booked() {
            Some(booked) => self.ask_for_bill(booked),
            None => self.services().metrics.spent(&environment, charged.unwrap_or_default()),
        }
    }
}
