//! Budgets, and what it means to exceed one.

use super::Period;
use crate::domain::{AccountName, EnvironmentName, Timestamp, TokenId, Usd};
use std::fmt;

/// Who a budget is set for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BudgetSubject {
    /// One token.
    Token(TokenId),
    /// All tokens of an environment together.
    Environment(EnvironmentName),
    /// Everything an account pays for.
    Account(AccountName),
}

impl fmt::Display for BudgetSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(id) => write!(f, "token {id}"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Account(name) => write!(f, "account {name}"),
        }
    }
}

/// The most that a subject may spend in one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// Whose budget it is.
    pub subject: BudgetSubject,
    /// For which period.
    pub period: Period,
    /// The most.
    pub limit: Usd,
}

/// Everything that a call's money is counted for, and the budgets among it. Money counts for all
/// three subjects whether or not they have a budget, so that one that is set later finds what was
/// spent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budgets {
    /// The token that calls.
    pub token: TokenId,
    /// The environment that pays.
    pub environment: EnvironmentName,
    /// The account that is billed.
    pub account: AccountName,
    /// The budgets that cover the call.
    pub limits: Vec<Budget>,
}

impl Budgets {
    /// Returns whom the money is counted for.
    pub(super) fn subjects(&self) -> [BudgetSubject; 3] {
        [
            BudgetSubject::Token(self.token.clone()),
            BudgetSubject::Environment(self.environment.clone()),
            BudgetSubject::Account(self.account.clone()),
        ]
    }
}

/// A call would spend more than a budget allows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {} budget of {} is {limit}, {left} of it is left, and the call costs up to {price}", period.word(), subject)]
pub struct BudgetExceeded {
    /// Whose budget.
    pub subject: BudgetSubject,
    /// For which period.
    pub period: Period,
    /// The most.
    pub limit: Usd,
    /// What is left of it.
    pub left: Usd,
    /// The upper bound of the call's price.
    pub price: Usd,
    /// When it starts anew.
    pub resets_at: Timestamp,
}
