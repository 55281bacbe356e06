//! `GET /api/v1/queue`

use crate::{
    accounts::BreakerState,
    admin::{queue::PausedView, role::MayView, state::AdminState},
    admission::EnvironmentStatus,
    domain::PauseTarget,
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who waits and who works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QueueView {
    /// Each account with its own queue.
    pub accounts: Vec<QueueAccountView>,
}

/// An account's places and queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QueueAccountView {
    /// The account.
    pub name: String,
    /// The places it has.
    pub cap: u32,
    /// The places it has just now; fewer than the cap after Ideogram refused with 429.
    pub effective_cap: u32,
    /// The places taken.
    pub in_use: u32,
    /// The places among them that calls of unknown outcome hold.
    pub unknown: u32,
    /// The calls that wait.
    pub queued: usize,
    /// Why dear calls are stopped, while Ideogram says that the balance is used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breaker: Option<BreakerView>,
    /// Its own pause, while it is paused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<PausedView>,
    /// The same by environment.
    pub environments: Vec<LaneView>,
}

/// The balance breaker of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BreakerView {
    /// Calls that cost at least this are stopped, in dollars.
    pub from_usd: String,
    /// Since when, RFC 3339.
    pub since: String,
    /// When one is let through to see whether there is balance again, RFC 3339.
    pub next_probe: String,
}

impl From<BreakerState> for BreakerView {
    fn from(state: BreakerState) -> Self {
        Self {
            from_usd: state.from_usd.to_string(),
            since: state.since.to_string(),
            next_probe: state.next_probe.to_string(),
        }
    }
}

/// An environment's part in an account's queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LaneView {
    /// The environment.
    pub name: String,
    /// The places taken.
    pub in_use: u32,
    /// The calls that wait.
    pub queued: usize,
    /// Its share of turns.
    pub weight: u32,
    /// Its own pause, while it is paused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<PausedView>,
}

/// Shows the queue
#[utoipa::path(
    get, path = "/api/v1/queue", operation_id = "queue_status", tag = "queue",
    responses((status = 200, description = "Places and queues by account", body = QueueView))
)]
pub async fn status(State(state): State<AdminState>, _by: MayView) -> Json<QueueView> {
    let accounts = state.admission.status().into_iter().map(|account| QueueAccountView {
        name: account.name.to_string(),
        cap: account.cap,
        effective_cap: account.effective_cap,
        in_use: account.in_use,
        unknown: account.unknown,
        queued: account.queued,
        breaker: state
            .accounts
            .link(&account.name)
            .and_then(|link| link.breaker.state())
            .map(BreakerView::from),
        pause: state.pause_of(&PauseTarget::Account(account.name)),
        environments: account.environments.into_iter().map(|own| lane(&state, own)).collect(),
    });
    Json(QueueView { accounts: accounts.collect() })
}

fn lane(state: &AdminState, own: EnvironmentStatus) -> LaneView {
    LaneView {
        name: own.name.to_string(),
        in_use: own.in_use,
        queued: own.queued,
        weight: own.weight,
        pause: state.pause_of(&PauseTarget::Environment(own.name)),
    }
}
