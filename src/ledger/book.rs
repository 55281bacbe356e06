//! The book: what counts against each budget.

use super::{
    Budget, BudgetExceeded, BudgetSubject, BudgetWindow, Budgets, Crossing, Hold, HoldError,
    Period, SubjectTotals, Tally,
    balance::{Balance, Balances},
    lines::LedgerLines,
};
use crate::domain::{AccountName, Clock, Demand, PriceTable, Route, Timestamp, Usd};
use parking_lot::{Mutex, MutexGuard};
use std::sync::Arc;

/// Knows what was spent; clones share one book. It lives in memory and is filled again
/// at a start. Any thread may use it; nothing in it waits for the disk.
#[derive(Debug, Clone)]
pub struct Ledger(Arc<LedgerInner>);

#[derive(Debug)]
struct LedgerInner {
    lines: Mutex<LedgerLines>,
    balances: Mutex<Balances>,
    clock: Arc<dyn Clock>,
}

impl Ledger {
    /// Returns an empty book.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let (lines, balances) = (Mutex::default(), Mutex::default());
        Self(Arc::new(LedgerInner { lines, balances, clock }))
    }

    /// Holds the upper bound of a call's price against every budget that covers it, or none of
    /// them. Checked and held under one lock, so that calls at once cannot share what is left. A
    /// call that costs nothing is never refused for money. The hold keeps the table it was priced by.
    pub fn hold(
        &self,
        budgets: Budgets,
        prices: &Arc<PriceTable>,
        route: &Route,
        demand: &Demand,
    ) -> Result<Hold, HoldError> {
        let free = !route.spends(demand.is_quote);
        // Not quoted where nothing is spent: the table may have a price for the route of a dry run,
        // and its bound would be held.
        let quotation = if free { None } else { prices.quote(&route.name, demand) };
        if !free && quotation.is_none() && !budgets.limits.is_empty() {
            return Err(HoldError::Unpriced(route.name.clone()));
        }
        let amount = quotation.map_or(Usd::ZERO, |quotation| quotation.bound());
        let opened_at = self.0.clock.now();
        let mut lines = self.lock();
        for budget in &budgets.limits {
            lines.check(budget, amount, opened_at)?;
        }
        // Under the lock that was taken for the check: another call must not pass the same check in
        // between.
        lines.add(&budgets, opened_at, Tally { reserved: amount, ..Tally::default() });
        drop(lines);
        let (ledger, prices) = (self.clone(), Arc::clone(prices));
        Ok(Hold { ledger, budgets, prices, quotation, opened_at, counted: amount })
    }

    /// Returns what the cheapest call on `route` costs, if the budgets have room for it; nothing is
    /// held. It is for refusing early; only [`hold`](Self::hold) decides.
    pub fn has_room(
        &self,
        budgets: &Budgets,
        prices: &PriceTable,
        route: &Route,
    ) -> Result<Option<Usd>, HoldError> {
        if !route.is_billable() {
            return Ok(None);
        }
        let least = prices.least(&route.name);
        if least.is_none() && !budgets.limits.is_empty() {
            return Err(HoldError::Unpriced(route.name.clone()));
        }
        let (now, lines) = (self.0.clock.now(), self.lock());
        for budget in &budgets.limits {
            lines.check(budget, least.unwrap_or_default(), now)?;
        }
        Ok(least)
    }

    /// Says whether the budgets still cover a call that holds `price` since `opened_at`. What it holds is among
    /// what counts, so only a budget that became smaller can be over.
    pub fn check_held(
        &self,
        budgets: &Budgets,
        price: Usd,
        opened_at: Timestamp,
    ) -> Result<(), BudgetExceeded> {
        let is_over = |budget: &&Budget| {
            let counts = self.tally(&budget.subject, budget.period, opened_at);
            price > Usd::ZERO && counts.spent() > budget.limit
        };
        let Some(budget) = budgets.limits.iter().find(is_over) else { return Ok(()) };
        Err(BudgetExceeded {
            subject: budget.subject.clone(),
            period: budget.period,
            limit: budget.limit,
            left: Usd::ZERO,
            price,
            resets_at: BudgetWindow::containing(budget.period, opened_at).end(),
        })
    }

    /// Replaces what was reserved by what was charged. It counts in the windows of the time when
    /// the call was opened, however late the settlement comes.
    pub fn settle(&self, budgets: &Budgets, opened_at: Timestamp, reserved: Usd, charged: Usd) {
        let change = Tally { charged, reserved: Usd::ZERO.minus(reserved) };
        self.lock().add(budgets, opened_at, change);
        self.balances().charge(&budgets.account, opened_at, charged);
    }

    /// Replaces what was charged by what was billed in truth.
    pub fn correct(&self, budgets: &Budgets, opened_at: Timestamp, charged: Usd, billed: Usd) {
        self.settle(budgets, opened_at, Usd::ZERO, billed.minus(charged));
    }

    /// Takes back that what was reserved was charged: it is reserved again.
    pub fn reserve_again(&self, budgets: &Budgets, opened_at: Timestamp, reserved: Usd) {
        self.settle(budgets, opened_at, Usd::ZERO.minus(reserved), Usd::ZERO);
    }

    /// Sets what is on an account, and returns what was known before.
    pub fn set_balance(&self, account: &AccountName, balance: Balance) -> Option<Balance> {
        self.balances().set(account, balance)
    }

    /// Forgets what is on an account.
    pub fn forget_balance(&self, account: &AccountName) {
        self.balances().forget(account);
    }

    /// Returns what is on an account, if an operator ever told.
    pub fn balance(&self, account: &AccountName) -> Option<Balance> {
        self.balances().get(account)
    }

    /// Returns the balance of an account that fell below `threshold`, once each time it does.
    pub fn fell_below(&self, account: &AccountName, threshold: Usd) -> Option<Balance> {
        self.balances().fell_below(account, threshold)
    }

    /// Adds what an earlier life of the process reserved and charged.
    pub fn restore(&self, budgets: &Budgets, opened_at: Timestamp, tally: Tally) {
        self.lock().restore(budgets, opened_at, tally);
    }

    /// Returns what counts for a subject in the window of `time`.
    pub fn tally(&self, subject: &BudgetSubject, period: Period, time: Timestamp) -> Tally {
        self.lock().tally(subject, BudgetWindow::containing(period, time))
    }

    /// Returns the budgets whose thresholds were crossed since this was last asked, in order; each
    /// threshold of a budget once a day or month.
    pub fn crossings(&self) -> Vec<Crossing> {
        self.lock().take_crossings()
    }

    /// Returns the budgets whose thresholds were crossed before this run, as far as it was not asked for yet.
    /// They were told then, unless that run ended just before it.
    pub fn standing_crossings(&self) -> Vec<Crossing> {
        self.lock().take_standing()
    }

    /// Takes over the budgets that are in force now; `limits` tells those of a subject for a day or a month. What they
    /// cross at once is told as a crossing, and what is in force no more is told no longer.
    pub fn know_limits(&self, now: Timestamp, limits: impl Fn(&BudgetSubject, Period) -> Vec<Usd>) {
        self.lock().know_limits(now, limits);
    }

    /// Returns what counts for everybody in the day and the month of `now`, by subject, with the
    /// budgets that calls in them named.
    pub fn report(&self, now: Timestamp) -> Vec<SubjectTotals> {
        self.lock().report(now)
    }

    /// Returns what is left of the tightest of these budgets; `None` without a budget. It is never
    /// below zero.
    pub fn left(&self, budgets: &Budgets, time: Timestamp) -> Option<Usd> {
        let left = |budget: &Budget| {
            budget.limit.minus(self.tally(&budget.subject, budget.period, time).spent())
        };
        budgets.limits.iter().map(left).min().map(|left| left.max(Usd::ZERO))
    }

    fn balances(&self) -> MutexGuard<'_, Balances> {
        self.0.balances.lock()
    }

    fn lock(&self) -> MutexGuard<'_, LedgerLines> {
        self.0.lines.lock()
    }
}
