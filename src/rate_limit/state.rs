//! How a token's rate stands.

use std::time::Duration;

/// In this time every bucket fills up, so that one not used for as long need not be remembered. All
/// limits are of requests a minute.
pub(super) const MINUTE: Duration = Duration::from_mins(1);

/// What is left to a token whose request was let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateState {
    /// Requests a minute.
    pub limit: u32,
    /// Requests that would be let through at once from now on. The request that was let through is
    /// not among them.
    pub remaining: u32,
    /// In how long all of them will be there again, if none is made.
    pub reset: Duration,
}

impl RateState {
    /// Returns how a limit stands of which `remaining` requests are left; they come back evenly
    /// over a minute.
    pub(super) fn new(limit: u32, remaining: u32) -> Self {
        let reset = MINUTE * limit.saturating_sub(remaining) / limit.max(1);
        Self { limit, remaining, reset }
    }

    /// Returns how it stands once this request was given back. Never more than the limit are left.
    #[must_use]
    pub fn given_back(self) -> Self {
        Self::new(self.limit, self.remaining.saturating_add(1).min(self.limit))
    }
}

/// A token made more requests than it may. The request was not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than {limit} requests a minute")]
pub struct RateLimited {
    /// Requests a minute.
    pub limit: u32,
    /// In how many whole seconds, at least 1, the next request will be let through.
    pub retry_after: Duration,
}
