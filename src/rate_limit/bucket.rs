//! One token's bucket.

use super::limits::{RateLimited, RateState};
use governor::{
    NotUntil, Quota, RateLimiter,
    clock::Clock,
    middleware::{StateInformationMiddleware, StateSnapshot},
    state::{InMemoryState, NotKeyed},
};
use std::{num::NonZeroU32, time::Duration};

#[derive(Debug)]
pub(super) struct Bucket<C: Clock> {
    limit: NonZeroU32,
    limiter: RateLimiter<NotKeyed, InMemoryState, C, StateInformationMiddleware>,
    last_taken: C::Instant,
}

impl<C: Clock> Bucket<C> {
    pub(super) fn new(limit: NonZeroU32, clock: C) -> Self {
        let last_taken = clock.now();
        let limiter = RateLimiter::direct_with_clock(Quota::per_minute(limit), clock);
        Self { limit, limiter: limiter.with_middleware(), last_taken }
    }

    pub(super) fn limit(&self) -> NonZeroU32 {
        self.limit
    }

    pub(super) fn last_taken(&self) -> C::Instant {
        self.last_taken
    }

    pub(super) fn take(&mut self, now: C::Instant) -> Result<RateState, RateLimited> {
        let taken = self.limiter.check();
        if taken.is_ok() {
            self.last_taken = now;
        }
        taken.map(|left| self.state(&left)).map_err(|until| self.refusal(&until, now))
    }

    fn state(&self, left: &StateSnapshot) -> RateState {
        let (limit, remaining) = (self.limit.get(), left.remaining_burst_capacity());
        let reset = left.quota().replenish_interval() * limit.saturating_sub(remaining);
        RateState { limit, remaining, reset }
    }

    fn refusal(&self, until: &NotUntil<C::Instant>, now: C::Instant) -> RateLimited {
        let wait = until.wait_time_from(now);
        let begun = u64::from(wait.subsec_nanos() > 0);
        let retry_after = Duration::from_secs((wait.as_secs() + begun).max(1));
        RateLimited { limit: self.limit.get(), retry_after }
    }
}
