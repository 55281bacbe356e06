//! `GET /api/v1/accounts`

use crate::{
    admin::{role::MayView, state::AdminState},
    config::{AccountSettings, CountBy, WebhookMode},
    domain::{AccountName, written_span},
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountView {
    /// Its name.
    pub name: String,
    /// The origin of its API; `null` for the simulator inside the gateway.
    pub base_url: Option<String>,
    /// Places in flight at most.
    pub max_in_flight: u32,
    /// What takes a place: `images` or `requests`.
    pub count: String,
    /// How long a call may take once sent.
    pub timeout: String,
    /// How long the places of an unknown call stay taken.
    pub place_ttl: String,
    /// The balance below which Ideogram tops up, in dollars.
    pub top_up_threshold: String,
    /// The balance that Ideogram tops up to, in dollars.
    pub top_up_balance: String,
    /// The most that all its environments may spend in a UTC day, in dollars.
    pub daily_budget: Option<String>,
    /// The most that they may spend in a UTC month, in dollars.
    pub monthly_budget: Option<String>,
    /// Who hears of it when a generation ends: `pass` means the app, `receive` the gateway.
    pub webhooks: String,
    /// The vendor's user that webhooks must name, where the settings say one.
    pub user_id: Option<String>,
}

impl AccountView {
    fn new((name, account): (&AccountName, &AccountSettings)) -> Self {
        let count = match account.count {
            CountBy::Images => "images",
            CountBy::Requests => "requests",
        };
        let webhooks = match account.webhooks {
            WebhookMode::Pass => "pass",
            WebhookMode::Receive => "receive",
        };
        Self {
            name: name.to_string(),
            base_url: account.base_url.as_ref().map(ToString::to_string),
            max_in_flight: account.max_in_flight,
            count: count.to_owned(),
            timeout: written_span(account.timeout),
            place_ttl: written_span(account.place_ttl),
            top_up_threshold: account.top_up_threshold.to_string(),
            top_up_balance: account.top_up_balance.to_string(),
            daily_budget: account.daily_budget.map(|amount| amount.to_string()),
            monthly_budget: account.monthly_budget.map(|amount| amount.to_string()),
            webhooks: webhooks.to_owned(),
            user_id: account.user_id.as_deref().map(str::to_owned),
        }
    }
}

/// Lists the accounts
#[utoipa::path(
    get, path = "/api/v1/accounts", operation_id = "list_accounts", tag = "settings",
    responses((status = 200, description = "All accounts", body = Vec<AccountView>))
)]
pub async fn list(State(state): State<AdminState>, _by: MayView) -> Json<Vec<AccountView>> {
    Json(state.settings.now().accounts.iter().map(AccountView::new).collect())
}
