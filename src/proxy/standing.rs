//! How the budgets stand that cover a call.

use crate::{
    domain::{Timestamp, Usd},
    ledger::{Budget, BudgetWindow, Ledger, Period},
};
use serde::{Deserialize, Serialize};

/// A budget, and what is left of it in the present day or month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetStanding {
    /// Whose budget it is, as in `token tok_…` or `environment prod`.
    pub of: String,
    /// Whether it is for a UTC day or month.
    pub period: Period,
    /// The most, in dollars.
    pub limit_usd: Usd,
    /// What counts against it: charged and reserved.
    pub spent_usd: Usd,
    /// What was charged.
    pub charged_usd: Usd,
    /// What is held or reserved for calls whose charge is not known yet.
    pub reserved_usd: Usd,
    /// What is left.
    pub left_usd: Usd,
    /// When it starts anew.
    pub resets_at: Timestamp,
}

impl BudgetStanding {
    /// Returns how a budget stands at `now`.
    pub(super) fn new(ledger: &Ledger, budget: &Budget, now: Timestamp) -> Self {
        let tally = ledger.tally(&budget.subject, budget.period, now);
        Self {
            of: budget.subject.to_string(),
            period: budget.period,
            limit_usd: budget.limit,
            spent_usd: tally.spent(),
            charged_usd: tally.charged,
            reserved_usd: tally.reserved,
            // The budget may have been lowered below what is spent.
            left_usd: budget.limit.minus(tally.spent()).max(Usd::ZERO),
            resets_at: BudgetWindow::containing(budget.period, now).end(),
        }
    }
}
