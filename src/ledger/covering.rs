//! Which budgets cover a call.

use super::{Budget, BudgetSubject, Budgets, Period};
use crate::{
    config::{EnvironmentSettings, Settings},
    domain::{Route, Timestamp, Token, Usd},
};

impl Budgets {
    /// Returns the budgets of a token, its environment and its account that cover a call on `route` that is opened
    /// at `at`.
    pub fn covering(
        settings: &Settings,
        environment: &EnvironmentSettings,
        token: &Token,
        route: &Route,
        at: Timestamp,
    ) -> Self {
        let account = settings.accounts.get(&environment.account);
        let of_token = BudgetSubject::Token(token.id.clone());
        let of_environment = BudgetSubject::Environment(token.environment.clone());
        let of_account = BudgetSubject::Account(environment.account.clone());
        let is_limited = route.scope.is_some_and(|scope| token.scopes.allows_only_limited(scope));
        let limited = environment.limited.daily_budget.filter(|_| is_limited);
        let set = [
            (&of_token, Period::Day, token.daily_budget_at(at)),
            (&of_token, Period::Month, token.limits.monthly_budget),
            // Set in the environment, and yet each token's own: it counts for that token alone.
            (&of_token, Period::Day, limited),
            (&of_environment, Period::Day, environment.daily_budget),
            (&of_environment, Period::Month, environment.monthly_budget),
            (&of_account, Period::Day, account.and_then(|account| account.daily_budget)),
            (&of_account, Period::Month, account.and_then(|account| account.monthly_budget)),
        ];
        let budget = |(subject, period, limit): (&BudgetSubject, Period, Option<Usd>)| {
            limit.map(|limit| Budget { subject: subject.clone(), period, limit })
        };
        Self {
            token: token.id.clone(),
            environment: token.environment.clone(),
            account: environment.account.clone(),
            limits: set.into_iter().filter_map(budget).collect(),
        }
    }
}
