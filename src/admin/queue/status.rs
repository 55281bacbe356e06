//! `GET /api/v1/queue`

use crate::admin::{peer::Caller, state::AdminState};
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
    /// The same by environment.
    pub environments: Vec<LaneView>,
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
}

/// Shows the queue
#[utoipa::path(
    get, path = "/api/v1/queue", operation_id = "queue_status", tag = "queue",
    responses((status = 200, description = "Places and queues by account", body = QueueView))
)]
pub async fn status(State(state): State<AdminState>, _by: Caller) -> Json<QueueView> {
    let accounts = state.admission.status().into_iter().map(|account| QueueAccountView {
        name: account.name.to_string(),
        cap: account.cap,
        effective_cap: account.effective_cap,
        in_use: account.in_use,
        unknown: account.unknown,
        queued: account.queued,
        environments: account
            .environments
            .iter()
            .map(|lane| LaneView {
                name: lane.name.to_string(),
                in_use: lane.in_use,
                queued: lane.queued,
                weight: lane.weight,
            })
            .collect(),
    });
    Json(QueueView { accounts: accounts.collect() })
}
