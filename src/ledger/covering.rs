//! Which budgets cover a call.

use crate::{
    config::Environment,
    domain::{Route, Token, Usd},
    ledger::{Budget, Budgets, Period, Subject},
};

/// Returns the budgets of the token, its environment and its account that cover a call on `route`.
pub(super) fn covering(environment: &Environment, token: &Token, route: &Route) -> Budgets {
    let of_token = Subject::Token(token.id.clone());
    let is_limited = route.scope.is_some_and(|scope| token.scopes.allows_only_limited(scope));
    let limited = environment.limited.daily_budget.filter(|_| is_limited);
    let mut limits = Vec::new();
    let mut add = |subject: &Subject, period, limit: Option<Usd>| {
        limits.extend(limit.map(|limit| Budget { subject: subject.clone(), period, limit }));
    };
    add(&of_token, Period::Day, token.limits.daily_budget);
    add(&of_token, Period::Month, token.limits.monthly_budget);
    add(&of_token, Period::Day, limited);
    let of_environment = Subject::Environment(token.environment.clone());
    add(&of_environment, Period::Day, environment.daily_budget);
    Budgets {
        token: token.id.clone(),
        environment: token.environment.clone(),
        account: environment.account.clone(),
        limits,
    }
}
