//! Money that a call may spend, from the check to the settlement.

use super::{BudgetExceeded, Budgets, Ledger};
use crate::domain::{PriceTable, Quotation, RouteName, Timestamp, Usd};
use std::sync::Arc;

/// Money could not be held for a call. Nothing was held.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoldError {
    /// A budget would be exceeded.
    #[error(transparent)]
    Exceeded(#[from] BudgetExceeded),
    /// The route is billed, has no price, and a budget covers the call.
    #[error("route {0} has no price, so no budget can cover it")]
    Unpriced(RouteName),
}

/// An amount that counts against the budgets that cover a call; given back when dropped.
///
/// It lives in memory. Dropping it gives the amount back at once, on every path and after a panic;
/// only [`settle`](Self::settle) and the two that leave it reserved end it in another way.
#[derive(Debug)]
pub struct Hold {
    pub(super) ledger: Ledger,
    pub(super) budgets: Budgets,
    /// The table of the quotation, though another may be in force by now.
    pub(super) prices: Arc<PriceTable>,
    pub(super) quotation: Option<Quotation>,
    pub(super) opened_at: Timestamp,
    /// What still counts: the bound until the settlement, nothing after it.
    pub(super) counted: Usd,
}

impl Hold {
    /// Returns the upper bound of what the call costs; `None` when the route has no price.
    pub fn bound(&self) -> Option<Usd> {
        self.quotation.map(|quotation| quotation.bound())
    }

    /// Returns the price table that was in force when the call was opened.
    pub fn prices(&self) -> &PriceTable {
        &self.prices
    }

    /// Returns the version of the price table, when the call has a price.
    pub fn price_version(&self) -> Option<&str> {
        self.quotation.map(|_| self.prices.version())
    }

    /// Returns when the call was opened; its money counts in the windows of that time.
    pub fn opened_at(&self) -> Timestamp {
        self.opened_at
    }

    /// Returns what the call costs if so many images came out, or at most if nobody can say.
    pub fn actual(&self, images: Option<u32>) -> Option<Usd> {
        self.quotation.map(|quotation| quotation.actual(images))
    }

    /// Returns what is left of the tightest budget after this hold; `None` without a budget.
    pub fn left(&self) -> Option<Usd> {
        self.ledger.left(&self.budgets, self.opened_at)
    }

    /// Ends the hold with what was charged, even if that is more than was held. What is left of the
    /// tightest budget is returned, and `None` without a budget. A budget that is exceeded by that
    /// stops the next call and not this one.
    pub fn settle(mut self, charged: Usd) -> Option<Usd> {
        self.ledger.settle(&self.budgets, self.opened_at, self.counted, charged);
        // The drop at the end of this would take it off a second time.
        self.counted = Usd::ZERO;
        self.left()
    }

    /// Leaves the amount reserved until a settlement by its parts; `None` when there is no price.
    pub fn leave_pending(self) -> Option<Reserved> {
        let reserved = Reserved {
            budgets: self.budgets.clone(),
            opened_at: self.opened_at,
            amount: self.bound()?,
        };
        self.leave_reserved();
        Some(reserved)
    }

    /// Leaves the amount reserved: nobody knows yet whether it was spent.
    pub fn leave_reserved(mut self) {
        // The drop that follows gives back whatever is still counted.
        self.counted = Usd::ZERO;
    }
}

/// An amount that stays reserved after its call was answered. It is given back by nothing but a
/// settlement.
#[derive(Debug, Clone)]
pub struct Reserved {
    /// Whom it counts for.
    pub budgets: Budgets,
    /// When the call was opened.
    pub opened_at: Timestamp,
    /// The amount.
    pub amount: Usd,
}

impl Drop for Hold {
    fn drop(&mut self) {
        if self.counted != Usd::ZERO {
            self.ledger.settle(&self.budgets, self.opened_at, self.counted, Usd::ZERO);
        }
    }
}
