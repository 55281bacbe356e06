//! What a call is charged, once its answer is here.

use super::{AnswerFacts, conclusion::Conclusion, sending::Sending};
use crate::{
    domain::{Generation, GenerationState, Outcome, Settlement, Timestamp, Usd},
    ledger::{Hold, Reserved},
    store::BookedCall,
};

/// What became of a call's money.
#[derive(Debug, Default)]
pub(super) struct Money {
    /// What was charged; `None` while it is not known, or when the call has no price.
    pub(super) charged: Option<Usd>,
    /// What is left of the tightest budget.
    pub(super) left: Option<Usd>,
    /// What stays reserved until the call's generation ends.
    pub(super) pending: Option<Reserved>,
    /// The call, if it was charged by the price table and can still say what was billed.
    pub(super) booked: Option<BookedCall>,
}

impl Money {
    /// Returns what became of money of which only the charge and the rest are known.
    fn charged(charged: Option<Usd>, left: Option<Usd>) -> Self {
        Self { charged, left, ..Self::default() }
    }

    /// Notes that the generation can say what was billed, if the answer did not.
    pub(super) fn book(
        &mut self,
        generation: &mut Generation,
        facts: &AnswerFacts,
        opened_at: Timestamp,
        bound: Option<Usd>,
    ) {
        let is_over = generation.state == GenerationState::Completed;
        let can_tell = is_over && facts.cost.is_none() && generation.route.tells_bills();
        let Some(charged) = self.charged.filter(|_| can_tell) else { return };
        generation.state = GenerationState::Booked;
        let bound = bound.unwrap_or(charged);
        let generation = generation.clone();
        self.booked = Some(BookedCall { generation, opened_at, charged, bound });
    }
}

impl Sending {
    /// Settles a call's hold by its route's rule; anything unreadable is charged as reserved.
    pub(super) fn settle(
        &self,
        hold: Hold,
        ending: &Conclusion,
        facts: &AnswerFacts,
        is_pending: bool,
    ) -> Money {
        if self.ready.is_quote() {
            return self.settle_quote(hold, ending, facts);
        }
        let left = hold.left();
        match ending.outcome {
            _ if is_pending => Money { left, pending: hold.leave_pending(), ..Money::default() },
            Outcome::Unknown if ending.is_charged => charge_in_full(hold),
            Outcome::Unknown => {
                hold.leave_reserved();
                Money { left, ..Money::default() }
            }
            Outcome::Success => charge(hold, facts, self.ready.settlement()),
            Outcome::Failed | Outcome::Refused => {
                let charged = hold.bound().map(|_| Usd::ZERO);
                let left = hold.settle(Usd::ZERO);
                Money::charged(charged, left)
            }
        }
    }
}

impl Sending {
    /// A quote costs nothing, unless Ideogram ran the call instead: then it costs what the call does.
    fn settle_quote(&self, hold: Hold, ending: &Conclusion, facts: &AnswerFacts) -> Money {
        if !self.ran_unasked(ending, facts) {
            return Money { left: hold.left(), ..Money::default() };
        }
        let (route, demand) = (&self.ready.route, &self.ready.demand);
        let quotation = hold.prices().quote(&route.name, demand);
        let price = quotation.map(|quotation| match route.settlement {
            Settlement::ImagesInData => quotation.actual(facts.images),
            Settlement::PerInput | Settlement::Reserved | Settlement::Poll => quotation.bound(),
        });
        let bound = quotation.map(|quotation| quotation.bound());
        let charged = price.map(|price| warn_if_stale(price, bound, facts.cost)).or(facts.cost);
        let left = hold.settle(charged.unwrap_or_default());
        Money::charged(charged, left)
    }

    /// Says whether a dry run got an answer that is no price quote, or cannot be read as one: then it
    /// may have run and been billed.
    pub(super) fn ran_unasked(&self, ending: &Conclusion, facts: &AnswerFacts) -> bool {
        let is_answered = ending.is_success() || ending.is_charged;
        self.ready.is_quote() && is_answered && !facts.is_quote
    }
}

fn charge_in_full(hold: Hold) -> Money {
    let charged = hold.bound();
    let left = hold.settle(charged.unwrap_or_default());
    Money::charged(charged, left)
}

fn charge(hold: Hold, facts: &AnswerFacts, settlement: Settlement) -> Money {
    let by_rule = match settlement {
        Settlement::ImagesInData => hold.actual(facts.images),
        Settlement::PerInput | Settlement::Reserved | Settlement::Poll => hold.bound(),
    };
    let charged = by_rule.map(|price| warn_if_stale(price, hold.bound(), facts.cost));
    let left = hold.settle(charged.unwrap_or_default());
    Money::charged(charged, left)
}

/// Ideogram's own word on the cost is booked; above our bound it means that our price is out of date.
fn warn_if_stale(price: Usd, bound: Option<Usd>, told: Option<Usd>) -> Usd {
    let charged = told.unwrap_or(price);
    if bound.is_some_and(|bound| charged > bound) {
        tracing::warn!(event = "price_stale", %charged, "ideogram charged more than the price table says");
    }
    charged
}

/// Returns what a generation that ended is charged.
pub(super) fn charge_of_generation(
    money: &Reserved,
    state: GenerationState,
    facts: &AnswerFacts,
) -> Option<Usd> {
    match state {
        GenerationState::Failed => Some(Usd::ZERO),
        GenerationState::Completed | GenerationState::Booked => {
            Some(warn_if_stale(money.amount, Some(money.amount), facts.cost))
        }
        // Nobody saw the end: the money stays reserved, like that of any unknown call.
        GenerationState::Pending | GenerationState::Abandoned => None,
    }
}
