//! The lines of the book, one for each subject and window.

use super::{
    Budget, BudgetExceeded, BudgetSubject, BudgetWindow, Budgets, Crossing, Period,
    threshold::Limits,
};
use crate::domain::{Timestamp, Usd};
use std::collections::HashMap;

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

    fn plus(self, change: Self) -> Self {
        Self {
            charged: self.charged.plus(change.charged),
            reserved: self.reserved.plus(change.reserved),
        }
    }
}

/// What counts for a subject in the present day or month, beside the budgets for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectTotals {
    /// The subject.
    pub subject: BudgetSubject,
    /// The period.
    pub period: Period,
    /// What counts.
    pub tally: Tally,
    /// The budgets for it, tightest first.
    pub limits: Vec<Usd>,
}

/// All lines, and the thresholds that were crossed on them.
#[derive(Debug, Default)]
pub(super) struct LedgerLines {
    lines: HashMap<(BudgetSubject, BudgetWindow), LedgerLine>,
    crossings: Vec<Crossing>,
    /// What an earlier run had crossed already.
    standing: Vec<Crossing>,
}

#[derive(Debug, Default)]
struct LedgerLine {
    tally: Tally,
    limits: Limits,
}

impl LedgerLines {
    /// Returns what counts for a subject in a window.
    pub(super) fn tally(&self, subject: &BudgetSubject, window: BudgetWindow) -> Tally {
        let key = (subject.clone(), window);
        self.lines.get(&key).map(|line| line.tally).unwrap_or_default()
    }

    /// Says whether a budget of the window at `time` allows `price` on top.
    pub(super) fn check(
        &self,
        budget: &Budget,
        price: Usd,
        time: Timestamp,
    ) -> Result<(), BudgetExceeded> {
        let window = BudgetWindow::containing(budget.period, time);
        let spent = self.tally(&budget.subject, window).spent();
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

    /// Adds a change to every line that counts for `budgets` at `time`, and notes what that crosses.
    pub(super) fn add(&mut self, budgets: &Budgets, time: Timestamp, change: Tally) {
        let windows =
            [Period::Day, Period::Month].map(|period| BudgetWindow::containing(period, time));
        for subject in budgets.subjects() {
            for window in windows {
                let period = window.period;
                let line = self.lines.entry((subject.clone(), window)).or_default();
                line.tally = line.tally.plus(change);
                let own = |one: &&Budget| one.subject == subject && one.period == period;
                // Learned from the calls, too: those that are settled late name what held for them.
                budgets.limits.iter().filter(own).for_each(|budget| line.limits.know(budget.limit));
                let crossed = line.crossed(&subject, window);
                self.crossings.extend(crossed);
            }
        }
    }

    /// Takes over the budgets that are in force now for all that was counted in the windows at `time`, and notes what
    /// they cross at once. Others of these windows are forgotten.
    pub(super) fn know_limits(
        &mut self,
        time: Timestamp,
        limits: impl Fn(&BudgetSubject, Period) -> Vec<Usd>,
    ) {
        let is_now =
            |window: &BudgetWindow| *window == BudgetWindow::containing(window.period, time);
        for ((subject, window), line) in self.lines.iter_mut().filter(|((_, at), _)| is_now(at)) {
            line.limits.keep(&limits(subject, window.period));
            let crossed = line.crossed(subject, *window);
            self.crossings.extend(crossed);
        }
    }

    /// Adds what was counted before; what that crosses was told before, too.
    pub(super) fn restore(&mut self, budgets: &Budgets, time: Timestamp, tally: Tally) {
        let told = self.crossings.len();
        self.add(budgets, time, tally);
        // Told apart: to tell them again at each start would call people for what they know.
        self.standing.extend(self.crossings.split_off(told));
    }

    /// Returns what was crossed before this run, as far as it was not asked for yet.
    pub(super) fn take_standing(&mut self) -> Vec<Crossing> {
        std::mem::take(&mut self.standing)
    }

    /// Returns what was crossed since this was last asked.
    pub(super) fn take_crossings(&mut self) -> Vec<Crossing> {
        std::mem::take(&mut self.crossings)
    }

    /// Returns the lines of the windows at `time`, by subject.
    pub(super) fn report(&self, time: Timestamp) -> Vec<SubjectTotals> {
        let is_now =
            |window: &BudgetWindow| *window == BudgetWindow::containing(window.period, time);
        let now = self.lines.iter().filter(|((_, window), _)| is_now(window));
        let mut standings: Vec<_> = now.map(|(key, line)| line.standing(key)).collect();
        standings.sort_by(|a, b| (&a.subject, a.period).cmp(&(&b.subject, b.period)));
        standings
    }
}

impl LedgerLine {
    /// Returns what was crossed since it was last asked.
    fn crossed(&mut self, subject: &BudgetSubject, window: BudgetWindow) -> Vec<Crossing> {
        let (period, spent) = (window.period, self.tally.spent());
        let crossing = |(limit, percent)| Crossing {
            subject: subject.clone(),
            period,
            percent,
            window,
            limit,
            spent,
        };
        self.limits.tell(spent).into_iter().map(crossing).collect()
    }

    fn standing(&self, (subject, window): &(BudgetSubject, BudgetWindow)) -> SubjectTotals {
        SubjectTotals {
            subject: subject.clone(),
            period: window.period,
            tally: self.tally,
            limits: self.limits.all(),
        }
    }
}
