//! What a token may spend, and what limits it.

use crate::{
    config::{EnvironmentSettings, Settings},
    domain::{Scope, ScopeGrant, Token, Usd},
};

/// What is said of a token that nothing limits.
pub const NO_LIMIT: &str = "NOTHING limits what it may spend";

/// Says whether a token was granted `write:limited`.
pub(super) fn has_limited(token: &Token) -> bool {
    token.scopes.grants().any(|grant| grant == ScopeGrant::WriteLimited)
}

/// Says whether a token may make calls that Ideogram bills, and no budget, its own, its environment's or its
/// account's, limits what they cost. What the simulator answers costs nothing.
pub fn is_unlimited(token: &Token, settings: &Settings) -> bool {
    needs_budget(token, settings) && budgets(token, settings).is_empty()
}

/// Returns the sentence on what a token may spend.
pub(super) fn sentence(token: &Token, settings: &Settings) -> String {
    if !spends(token) {
        return "may not spend a cent.".to_owned();
    }
    let budgets = budgets(token, settings);
    if !budgets.is_empty() {
        return format!("may spend up to {}.", budgets.join(" and "));
    }
    if is_free(token, settings) {
        return "spends no money, for the simulator answers in its environment.".to_owned();
    }
    format!("has no budget, nor has its environment or account: {NO_LIMIT}.")
}

/// Says whether a token has a budget of its own.
pub(super) fn has_own_budget(token: &Token) -> bool {
    token.limits.daily_budget.or(token.limits.monthly_budget).is_some()
}

/// Says whether what a token may do costs money.
pub(super) fn needs_budget(token: &Token, settings: &Settings) -> bool {
    spends(token) && !is_free(token, settings)
}

fn spends(token: &Token) -> bool {
    spending_scopes(token).next().is_some()
}

fn spending_scopes(token: &Token) -> impl Iterator<Item = Scope> + '_ {
    let spends =
        |scope: &Scope| !scope.as_str().starts_with("read:") && token.scopes.allows(*scope);
    Scope::ALL.iter().copied().filter(spends)
}

fn is_free(token: &Token, settings: &Settings) -> bool {
    let environment = settings.environments.get(&token.environment);
    let account = environment.and_then(|own| settings.accounts.get(&own.account));
    account.is_some_and(|account| account.base_url.is_none())
}

/// Returns the budgets that cover all that the token may spend.
fn budgets(token: &Token, settings: &Settings) -> Vec<String> {
    let limits = &token.limits;
    let mut all = of_one("", limits.daily_budget, limits.monthly_budget);
    let Some(environment) = settings.environments.get(&token.environment) else { return all };
    let limited = limited_budget(token, environment);
    all.extend(of_one(" with write:limited", limited, None));
    let whose = format!(" with all others of environment {}", token.environment);
    all.extend(of_one(&whose, environment.daily_budget, environment.monthly_budget));
    if let Some(account) = settings.accounts.get(&environment.account) {
        let whose = format!(" with all others of account {}", environment.account);
        all.extend(of_one(&whose, account.daily_budget, account.monthly_budget));
    }
    all
}

/// Returns the budget of `write:limited`, where no other grant lets the token spend beside it.
fn limited_budget(token: &Token, environment: &EnvironmentSettings) -> Option<Usd> {
    let only_limited = spending_scopes(token).all(|scope| token.scopes.allows_only_limited(scope));
    environment.limited.daily_budget.filter(|_| only_limited)
}

fn of_one(whose: &str, day: Option<Usd>, month: Option<Usd>) -> Vec<String> {
    let set = [(day, "a day"), (month, "a month")];
    let told = |(limit, period): (Option<Usd>, &str)| {
        limit.map(|limit| format!("${limit} {period}{whose}"))
    };
    set.into_iter().filter_map(told).collect()
}
