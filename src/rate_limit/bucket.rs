//! One token's bucket.

use super::state::{RateLimited, RateState};
use governor::{
    NotUntil, Quota, RateLimiter,
    clock::Clock,
    middleware::StateInformationMiddleware,
    state::{InMemoryState, NotKeyed},
};
use std::{num::NonZeroU32, time::Duration};

/// The requests of one token: as many at once as a minute allows, and from then on one for each
/// part of a minute.
#[derive(Debug)]
pub(super) struct Bucket<C: Clock> {
    limit: NonZeroU32,
    limiter: RateLimiter<NotKeyed, InMemoryState, C, StateInformationMiddleware>,
    last_taken: C::Instant,
    /// Requests that were counted and given back; together with what the limiter has, never more than
    /// the limit.
    given_back: u32,
}

impl<C: Clock> Bucket<C> {
    pub(super) fn new(limit: NonZeroU32, clock: C) -> Self {
        let last_taken = clock.now();
        let limiter = RateLimiter::direct_with_clock(Quota::per_minute(limit), clock);
        Self { limit, limiter: limiter.with_middleware(), last_taken, given_back: 0 }
    }

    pub(super) fn limit(&self) -> NonZeroU32 {
        self.limit
    }

    /// Returns when a request was let through last.
    pub(super) fn last_taken(&self) -> C::Instant {
        self.last_taken
    }

    /// Counts a request, or says when the next one will be let through.
    pub(super) fn take(&mut self, now: C::Instant) -> Result<RateState, RateLimited> {
        let left = match self.limiter.check().map(|left| left.remaining_burst_capacity()) {
            Ok(left) => left,
            Err(_) if self.given_back > 0 => {
                self.given_back -= 1;
                0
            }
            Err(until) => return Err(self.refusal(&until, now)),
        };
        self.last_taken = now;
        let limit = self.limit.get();
        // The bucket holds no more than it can, this request aside.
        self.given_back = self.given_back.min(limit.saturating_sub(left + 1));
        Ok(RateState::new(limit, left + self.given_back))
    }

    /// Puts a request back that was counted and came to nothing.
    pub(super) fn give_back(&mut self) {
        self.given_back = self.given_back.saturating_add(1).min(self.limit.get());
    }

    /// Rounds up to whole seconds, so that who waits for as long as it is told is let through.
    fn refusal(&self, until: &NotUntil<C::Instant>, now: C::Instant) -> RateLimited {
        let wait = until.wait_time_from(now);
        let begun = u64::from(wait.subsec_nanos() > 0);
        let retry_after = Duration::from_secs((wait.as_secs() + begun).max(1));
        RateLimited { limit: self.limit.get(), retry_after }
    }
}
