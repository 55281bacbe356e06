//! One token's bucket.

use super::state::{MINUTE, RateLimited, RateState};
use governor::{
    NotUntil, Quota, RateLimiter,
    clock::{Clock, Reference},
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
    /// What the limiter had left then.
    left: u32,
    /// What was used of a larger limit beyond this one, as it was then.
    over: u32,
    /// Requests that were counted and given back; together with what the limiter has, never more than
    /// the limit.
    given_back: u32,
}

impl<C: Clock> Bucket<C> {
    pub(super) fn new(limit: NonZeroU32, clock: C) -> Self {
        let (last_taken, left) = (clock.now(), limit.get());
        let limiter = RateLimiter::direct_with_clock(Quota::per_minute(limit), clock);
        Self { limit, limiter: limiter.with_middleware(), last_taken, left, over: 0, given_back: 0 }
    }

    /// Returns the bucket of a token whose limit is another now: what was taken of the old one is taken of the new
    /// one, or each change would give a whole minute's requests.
    pub(super) fn resized(&self, limit: NonZeroU32, clock: C, now: C::Instant) -> Self {
        let mut next = Self::new(limit, clock);
        let all = self.taken(now);
        let taken = all.min(limit.get());
        // No more than it holds, so the limiter refuses nothing of it.
        if let Some(taken) = NonZeroU32::new(taken)
            && let Ok(Ok(state)) = next.limiter.check_n(taken)
        {
            next.left = state.remaining_burst_capacity();
        }
        // Kept, or a limit that goes down and up again would give what lies between.
        next.over = all - taken;
        next
    }

    /// Returns how many requests are missing from a full bucket, or would be if it were as large as one before.
    fn taken(&self, now: C::Instant) -> u32 {
        let missing = self.limit.get().saturating_sub(self.left).saturating_add(self.over);
        missing.saturating_sub(self.given_back).saturating_sub(self.refilled(now))
    }

    /// Returns how many requests came back since one was let through last.
    fn refilled(&self, now: C::Instant) -> u32 {
        let since = Duration::from(now.duration_since(self.last_taken)).min(MINUTE);
        let refilled = u128::from(self.limit.get()) * since.as_nanos() / MINUTE.as_nanos();
        u32::try_from(refilled).unwrap_or(u32::MAX)
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
        self.over = self.over.saturating_sub(self.refilled(now));
        (self.last_taken, self.left) = (now, left);
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
