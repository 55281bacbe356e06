//! `GET /metrics`

use crate::{
    admin::state::AdminState,
    domain::TokenState,
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
        let tokens = self.tokens.list();
        let usable = tokens
            .iter()
            .filter(|token| token.state == TokenState::Enabled && token.expires_at > now);
        self.metrics.set_active_tokens(usable.count());
    }
}
