//! When a budget comes near its end, and when it is there.

use super::{BudgetSubject, BudgetWindow, Period};
use crate::domain::Usd;

/// The parts of a budget worth telling, in percent: the soft threshold, and all of it.
const PERCENTS: [u8; 2] = [80, 100];

/// A budget has been used up to a threshold, counting what is held and reserved. It is told once in
/// its day or month, even if the use falls below and rises again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crossing {
    /// Whose budget.
    pub subject: BudgetSubject,
    /// For which period.
    pub period: Period,
    /// How much of it is used: 80 or 100 percent.
    pub percent: u8,
    /// The day or month.
    pub window: BudgetWindow,
    /// The budget.
    pub limit: Usd,
    /// What counted when it happened.
    pub spent: Usd,
}

/// Returns the highest threshold that `spent` has reached; 0 below the first. A budget of zero is
/// reached by the first money that counts.
pub(super) fn reached(limit: Usd, spent: Usd) -> u8 {
    let is_reached = |percent: &u8| {
        // Wider than money is, and without a division: no amount overflows or is rounded.
        i128::from(spent.as_micros()) * 100 >= i128::from(limit.as_micros()) * i128::from(*percent)
    };
    if spent <= Usd::ZERO {
        return 0;
    }
    PERCENTS.into_iter().filter(is_reached).max().unwrap_or(0)
}

/// The budgets that were asked of one subject in one window, and how much of each was told.
#[derive(Debug, Default)]
pub(super) struct Limits(Vec<CrossedThreshold>);

#[derive(Debug)]
struct CrossedThreshold {
    limit: Usd,
    percent: u8,
}

impl Limits {
    /// Remembers a budget.
    pub(super) fn know(&mut self, limit: Usd) {
        if let Err(place) = self.0.binary_search_by_key(&limit, |told| told.limit) {
            self.0.insert(place, CrossedThreshold { limit, percent: 0 });
        }
    }

    /// Keeps these budgets alone, with what was told of them. Of new ones nothing was told yet.
    pub(super) fn keep(&mut self, limits: &[Usd]) {
        self.0.retain(|told| limits.contains(&told.limit));
        for limit in limits {
            self.know(*limit);
        }
    }

    /// Returns the thresholds that `spent` has reached and that were not told before, lowest first.
    pub(super) fn tell(&mut self, spent: Usd) -> Vec<(Usd, u8)> {
        let mut news = Vec::new();
        for told in &mut self.0 {
            let before = told.percent;
            told.percent = before.max(reached(told.limit, spent));
            let new = PERCENTS.into_iter().filter(|one| (before + 1..=told.percent).contains(one));
            news.extend(new.map(|percent| (told.limit, percent)));
        }
        news
    }

    /// Returns the budgets, tightest first.
    pub(super) fn all(&self) -> Vec<Usd> {
        self.0.iter().map(|told| told.limit).collect()
    }
}
