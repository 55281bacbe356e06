//! The book: what counts against each budget.

use super::{Budget, BudgetExceeded, Budgets, Hold, HoldError, Period, Subject, Window};
use crate::domain::{Clock, Demand, PriceTable, Route, Timestamp, Usd};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// What counts for one subject in one window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// What was charged.
    pub charged: Usd,
    /// What is held or reserved.
    pub reserved: Usd,
}

impl Tally {
    /// Returns what counts against a budget.
    pub fn spent(&self) -> Usd {
        self.charged.plus(self.reserved)
    }
}

type Lines = HashMap<(Subject, Window), Tally>;

/// Knows prices and what was spent; clones share one book.
#[derive(Debug, Clone)]
pub struct Ledger(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    lines: Mutex<Lines>,
    prices: Arc<PriceTable>,
    clock: Arc<dyn Clock>,
}

impl Ledger {
    /// Returns an empty book.
    pub fn new(prices: Arc<PriceTable>, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner { lines: Mutex::default(), prices, clock }))
    }

    /// Returns the price table.
    pub fn prices(&self) -> &PriceTable {
        &self.0.prices
    }

    /// Holds the upper bound of a call's price against every budget that covers it, or none of them.
    pub fn hold(
        &self,
        budgets: Budgets,
        route: &Route,
        demand: &Demand,
    ) -> Result<Hold, HoldError> {
        let free = !route.is_billable() || demand.is_quote;
        let quotation = if free { None } else { self.prices().quote(&route.name, demand) };
        if !free && quotation.is_none() && !budgets.limits.is_empty() {
            return Err(HoldError::Unpriced(route.name.clone()));
        }
        let amount = quotation.map_or(Usd::ZERO, |quotation| quotation.bound());
        let opened_at = self.0.clock.now();
        let mut lines = self.lock();
        for budget in &budgets.limits {
            check(&lines, budget, amount, opened_at)?;
        }
        for line in keys(&budgets, opened_at) {
            let tally = lines.entry(line).or_default();
            tally.reserved = tally.reserved.plus(amount);
        }
        drop(lines);
        Ok(Hold { ledger: self.clone(), budgets, quotation, opened_at, counted: amount })
    }

    /// Replaces what was reserved by what was charged.
    pub fn settle(&self, budgets: &Budgets, opened_at: Timestamp, reserved: Usd, charged: Usd) {
        let mut lines = self.lock();
        for line in keys(budgets, opened_at) {
            let tally = lines.entry(line).or_default();
            tally.reserved = tally.reserved.minus(reserved);
            tally.charged = tally.charged.plus(charged);
        }
    }

    /// Adds what an earlier life of the process reserved and charged.
    pub fn restore(&self, budgets: &Budgets, opened_at: Timestamp, tally: Tally) {
        let mut lines = self.lock();
        for line in keys(budgets, opened_at) {
            let sum = lines.entry(line).or_default();
            sum.reserved = sum.reserved.plus(tally.reserved);
            sum.charged = sum.charged.plus(tally.charged);
        }
    }

    /// Returns what counts for a subject in the window of `time`.
    pub fn tally(&self, subject: &Subject, period: Period, time: Timestamp) -> Tally {
        let key = (subject.clone(), Window::of(period, time));
        self.lock().get(&key).copied().unwrap_or_default()
    }

    /// Returns what is left of the tightest of these budgets; `None` without a budget.
    pub fn left(&self, budgets: &Budgets, time: Timestamp) -> Option<Usd> {
        let left = |budget: &Budget| {
            budget.limit.minus(self.tally(&budget.subject, budget.period, time).spent())
        };
        budgets.limits.iter().map(left).min().map(|left| left.max(Usd::ZERO))
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.0.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn keys(budgets: &Budgets, time: Timestamp) -> impl Iterator<Item = (Subject, Window)> {
    let windows = [Window::of(Period::Day, time), Window::of(Period::Month, time)];
    let subjects = budgets.subjects();
    subjects.into_iter().flat_map(move |subject| windows.map(|window| (subject.clone(), window)))
}

fn check(
    lines: &Lines,
    budget: &Budget,
    price: Usd,
    time: Timestamp,
) -> Result<(), BudgetExceeded> {
    let window = Window::of(budget.period, time);
    let key = (budget.subject.clone(), window);
    let spent = lines.get(&key).copied().unwrap_or_default().spent();
    if price == Usd::ZERO || spent.plus(price) <= budget.limit {
        return Ok(());
    }
    Err(BudgetExceeded {
        subject: budget.subject.clone(),
        period: budget.period,
        limit: budget.limit,
        left: budget.limit.minus(spent).max(Usd::ZERO),
        price,
        resets_at: window.end(),
    })
}
