//! What the gateway as a whole has somebody told of.

use super::services::Services;
use crate::{
    domain::TokenState,
    ledger::{BudgetSubject, Crossing, Period},
    notify::{Notice, SpentBudget},
};
use std::time::Duration;

/// A day.
const DAY: Duration = Duration::from_hours(24);

impl Services {
    /// Has somebody told that a budget is used up to a threshold.
    pub(super) fn notify_of_budget(&self, crossing: &Crossing) {
        let (subject, whose) = self.whose(&crossing.subject);
        let period = match crossing.period {
            Period::Day => "day",
            Period::Month => "month",
        };
        self.notifier.tell(&Notice::budget_threshold(&SpentBudget {
            subject,
            whose,
            period,
            percent: crossing.percent,
            limit: crossing.limit,
            spent: crossing.spent,
            starts_at: crossing.window.start(),
            resets_at: crossing.window.end(),
        }));
    }

    /// Has somebody told of budgets that an earlier run used up, if that run did not come to it.
    pub(super) fn notify_of_standing_budgets(&self) {
        let crossings = self.ledger.standing_crossings();
        for crossing in &crossings {
            self.notify_of_budget(crossing);
        }
    }

    /// Has somebody told of accounts that Ideogram takes no calls of for want of balance.
    pub(super) fn notify_of_used_up_balances(&self) {
        for account in self.settings.now().accounts.keys() {
            let breaker = self.accounts.link(account).and_then(|link| link.breaker.state());
            if let Some(open) = breaker {
                self.notifier.tell(&Notice::balance_exhausted(account, open.since));
            }
        }
    }

    /// Has somebody told of keys that are in service for too long, and of tokens that end soon.
    pub(super) fn notify_of_ages(&self) {
        let (now, settings) = (self.clock.now(), self.settings.now());
        let review = &settings.review;
        for key in self.keys.ages() {
            let age = now.since(key.adopted_at);
            if age > review.key_max_age {
                let days = (days(age), days(review.key_max_age));
                let (account, version) = (&key.account, &key.version);
                let own = &key.environments;
                let notice = Notice::key_old(account, own, version, key.adopted_at, days, now);
                self.notifier.tell(&notice);
            }
        }
        let soon = now.plus(review.expiring_within);
        for token in self.tokens.list() {
            let ends_soon = token.expires_at > now && token.expires_at < soon;
            if token.state == TokenState::Enabled && ends_soon {
                self.notifier.tell(&Notice::token_expiring(&token));
            }
        }
    }

    /// Returns whose budget it is: the kind of subject, and what names it.
    fn whose(&self, subject: &BudgetSubject) -> (&'static str, Vec<(&'static str, String)>) {
        match subject {
            BudgetSubject::Token(id) => {
                let name = self.tokens.show(id).map(|token| token.name.to_string());
                let mut whose = vec![("token_id", id.to_string())];
                whose.extend(name.ok().map(|name| ("token_name", name)));
                ("token", whose)
            }
            BudgetSubject::Environment(name) => {
                ("environment", vec![("environment", name.to_string())])
            }
            BudgetSubject::Account(name) => ("account", vec![("account", name.to_string())]),
        }
    }
}

fn days(span: Duration) -> u64 {
    span.as_secs() / DAY.as_secs()
}
