//! `GET /metrics`

use crate::{
    admin::state::AdminState,
    domain::{Timestamp, TokenState, Usd},
    keys::KeyState,
    ledger::{BudgetSubject, Period},
    store::JournalHealth,
    telemetry::{AccountPlaces, MetricsFormat},
};
use axum::{extract::State, response::IntoResponse};
use http::{
    HeaderMap,
    header::{ACCEPT, CONTENT_TYPE, VARY},
};

/// Returns the metrics
///
/// In the format that `Accept` prefers: `OpenMetrics` 1.0.0, or the text format 0.0.4 of Prometheus,
/// which is also the answer when neither is named.
#[utoipa::path(
    get, path = "/metrics", operation_id = "metrics", tag = "system",
    responses((
        status = 200, description = "The metrics",
        content((String = "text/plain"), (String = "application/openmetrics-text")),
    ))
)]
pub async fn metrics(State(state): State<AdminState>, headers: HeaderMap) -> impl IntoResponse {
    let accept: Vec<_> =
        headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    let format = MetricsFormat::preferred(&accept.join(","));
    state.read_gauges();
    let text = state.metrics.render_as(format);
    ([(CONTENT_TYPE, format.content_type()), (VARY, "accept")], text)
}

impl AdminState {
    /// Reads gauges that are cheaper to ask for than to keep.
    ///
    /// Others are kept as they change.
    fn read_gauges(&self) {
        for account in self.admission.status() {
            let places = AccountPlaces {
                in_use: account.in_use,
                held: account.unknown,
                cap: account.cap,
                effective_cap: account.effective_cap,
            };
            self.metrics.set_places(&account.name, places);
            for environment in &account.environments {
                self.metrics.set_queued(&environment.name, environment.queued);
            }
        }
        let is_good = *self.journal.health().borrow() == JournalHealth::Good;
        self.metrics.set_journal_healthy(is_good);
        for account in self.settings.now().accounts.keys() {
            if let Some(balance) = self.ledger.balance(account) {
                self.metrics.set_balance(account, balance.left());
            }
        }
        let (memory, disk) = self.spool.in_use();
        self.metrics.set_bodies(memory, disk);
        let now = self.clock.now();
        self.metrics.set_checkpoint_age(now);
        self.metrics.set_backup_age(now.since(self.backups.backed_up_until()));
        self.read_budgets(now);
        self.read_keys(now);
        let tokens = self.tokens.list();
        let usable = tokens
            .iter()
            .filter(|token| token.state == TokenState::Enabled && token.expires_at > now);
        self.metrics.set_active_tokens(usable.count());
    }

    /// Shows for each environment the budget of which the least is left.
    fn read_budgets(&self, now: Timestamp) {
        for (name, environment) in &self.settings.now().environments {
            let subject = BudgetSubject::Environment(name.clone());
            let budgets = [
                (Period::Day, environment.daily_budget),
                (Period::Month, environment.monthly_budget),
            ];
            let left = budgets.into_iter().filter_map(|(period, limit)| {
                let spent = self.ledger.tally(&subject, period, now).spent();
                limit.map(|limit| (limit.minus(spent).max(Usd::ZERO), limit))
            });
            if let Some((left, limit)) = left.min() {
                self.metrics.set_budget(name, limit, left);
            }
        }
    }

    /// Shows how the keys of environments are, and how old.
    fn read_keys(&self, now: Timestamp) {
        for (name, environment) in &self.settings.now().environments {
            let state = match self.keys.key_state(name) {
                KeyState::Present { .. } => "good",
                KeyState::Rejected { .. } => "rejected",
                KeyState::Missing { .. } => "missing",
                KeyState::Unneeded => continue,
            };
            self.metrics.set_key_state(&environment.account, name, state);
        }
        for key in self.keys.ages() {
            for name in &key.environments {
                self.metrics.set_key_age(&key.account, name, now.since(key.adopted_at));
            }
        }
    }
}
