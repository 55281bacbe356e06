//! What an admission is made from, and what a call asks of it.

use crate::domain::{AccountName, EnvironmentName, Places, TokenId};
use tokio::time::Instant;

/// What an [`Admission`](super::Admission) is made from, and what it takes later by
/// [`reconfigure`](super::Admission::reconfigure).
#[derive(Debug, Clone)]
pub struct AdmissionOptions {
    /// Calls that may wait at once, per account.
    pub queue_capacity: usize,
    /// The accounts, each with a cap of its own.
    pub accounts: Vec<GateOptions>,
}

/// One account: its cap, and the environments that take turns at it.
#[derive(Debug, Clone)]
pub struct GateOptions {
    /// The account.
    pub name: AccountName,
    /// Places that may be in flight at once. Ideogram counts images and not requests, ten for each
    /// organization unless agreed otherwise
    /// (<https://developer.ideogram.ai/ideogram-api/rate-limits>).
    pub cap: Places,
    /// The environments that use the account.
    pub environments: Vec<LaneOptions>,
}

/// One environment's share of an account.
#[derive(Debug, Clone)]
pub struct LaneOptions {
    /// The environment.
    pub name: EnvironmentName,
    /// Its share of turns against the others'; 0 counts as 1.
    pub weight: u32,
    /// Places held back for it while it is active. They shrink with the effective cap.
    pub reserved_places: Places,
}

/// What a call asks for.
#[derive(Debug, Clone)]
pub struct AdmitRequest {
    /// The account whose places are taken.
    pub account: AccountName,
    /// The environment whose turns are taken.
    pub environment: EnvironmentName,
    /// The token whose lane the call waits in.
    pub token: TokenId,
    /// The places the call takes; 0 never waits.
    pub places: Places,
    /// Until when the call waits. It is kept over all turns of the call.
    pub deadline: Instant,
    /// The most places the token may hold at once, all its calls together, as is known last; `None` means no
    /// bound of its own.
    pub max_token_places: Option<Places>,
}
