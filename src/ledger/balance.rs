//! What should be left on accounts that are paid in advance.

use crate::domain::{AccountName, Timestamp, Usd};
use std::collections::HashMap;

/// What an operator said is on an account, and what was charged to it since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// What was on it.
    pub amount: Usd,
    /// When that was so; calls opened before do not count.
    pub set_at: Timestamp,
    /// What was charged for calls opened since.
    pub charged: Usd,
}

impl Balance {
    /// Returns what should be left, as far as this gateway knows: nothing below zero.
    pub fn left(&self) -> Usd {
        self.amount.minus(self.charged).max(Usd::ZERO)
    }
}

/// The balances that were ever told, by account.
#[derive(Debug, Default)]
pub(super) struct Balances(HashMap<AccountName, KnownBalance>);

#[derive(Debug)]
struct KnownBalance {
    balance: Balance,
    is_told: bool,
}

impl Balances {
    /// Sets a balance and returns the one before.
    pub(super) fn set(&mut self, account: &AccountName, balance: Balance) -> Option<Balance> {
        let known = KnownBalance { balance, is_told: false };
        self.0.insert(account.clone(), known).map(|before| before.balance)
    }

    /// Forgets a balance.
    pub(super) fn forget(&mut self, account: &AccountName) {
        self.0.remove(account);
    }

    /// Returns a balance, if it is known.
    pub(super) fn get(&self, account: &AccountName) -> Option<Balance> {
        self.0.get(account).map(|known| known.balance)
    }

    /// Takes a charge off a balance.
    pub(super) fn charge(&mut self, account: &AccountName, opened_at: Timestamp, charged: Usd) {
        let known = self.0.get_mut(account);
        // The amount that an operator told has earlier calls taken off already.
        if let Some(known) = known.filter(|known| opened_at >= known.balance.set_at) {
            known.balance.charged = known.balance.charged.plus(charged);
        }
    }

    /// Returns a balance that fell below `threshold`, once each time it does.
    pub(super) fn fell_below(&mut self, account: &AccountName, threshold: Usd) -> Option<Balance> {
        let known = self.0.get_mut(account)?;
        let is_low = known.balance.left() < threshold;
        let is_news = is_low && !known.is_told;
        // Taken back where a correction lifts it again, so that the next fall is told too.
        known.is_told = is_low;
        is_news.then_some(known.balance)
    }
}
