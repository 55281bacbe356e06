//! Which budgets are set for a subject.

use super::{BudgetSubject, Period};
use crate::{
    config::Settings,
    domain::{ScopeGrant, Timestamp, Token, TokenId, Usd},
};
use std::sync::Arc;

/// Returns the budgets that are set for a subject at `now`, for a day or a month; `token` finds a token.
pub fn limits_in_force(
    subject: &BudgetSubject,
    period: Period,
    settings: &Settings,
    token: impl Fn(&TokenId) -> Option<Arc<Token>>,
    now: Timestamp,
) -> Vec<Usd> {
    let (day, month) = match subject {
        BudgetSubject::Token(id) => token(id).map_or_else(Default::default, |token| {
            (of_token(&token, settings, now), token.limits.monthly_budget.into_iter().collect())
        }),
        BudgetSubject::Environment(name) => {
            let own = settings.environments.get(name);
            one(own.and_then(|own| own.daily_budget), own.and_then(|own| own.monthly_budget))
        }
        BudgetSubject::Account(name) => {
            let own = settings.accounts.get(name);
            one(own.and_then(|own| own.daily_budget), own.and_then(|own| own.monthly_budget))
        }
    };
    match period {
        Period::Day => day,
        Period::Month => month,
    }
}

fn one(day: Option<Usd>, month: Option<Usd>) -> (Vec<Usd>, Vec<Usd>) {
    (day.into_iter().collect(), month.into_iter().collect())
}

/// Returns a token's budgets for a day: its own, and that of the limited set where it has that scope.
fn of_token(token: &Token, settings: &Settings, now: Timestamp) -> Vec<Usd> {
    let has_limited = token.scopes.grants().any(|grant| grant == ScopeGrant::WriteLimited);
    let environment = settings.environments.get(&token.environment);
    let limited = environment.filter(|_| has_limited).and_then(|own| own.limited.daily_budget);
    token.daily_budget_at(now).into_iter().chain(limited).collect()
}
