//! Buckets by token.

use super::{
    bucket::Bucket,
    state::{MINUTE, RateLimited, RateState},
};
use crate::domain::TokenId;
use governor::clock::{Clock, DefaultClock, Reference};
use parking_lot::{Mutex, MutexGuard};
use std::{collections::HashMap, num::NonZeroU32, time::Duration};

/// Counts the requests of each token; tokens that make none for a while are forgotten. It lives in
/// memory: after a restart every bucket is full. Any thread may use it; nothing in it waits.
#[derive(Debug)]
// A clock of its own, which only goes forward: a time of day that is set back would keep every
// bucket empty.
pub struct RateLimits<C: Clock = DefaultClock> {
    clock: C,
    buckets: Mutex<Buckets<C>>,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self::with_clock(DefaultClock::default())
    }
}

impl<C: Clock + Clone> RateLimits<C> {
    /// Returns limits that count by `clock`.
    pub fn with_clock(clock: C) -> Self {
        let buckets = Buckets { by_token: HashMap::new(), forgotten_at: clock.now() };
        Self { clock, buckets: Mutex::new(buckets) }
    }

    /// Counts a request of a token that may make `per_minute`. A limit that differs from the last
    /// one takes effect at once; what was used of the old one counts against it. A limit of 0 lets nothing through. A request
    /// that is refused is not counted.
    pub fn check(&self, token: &TokenId, per_minute: u32) -> Result<RateState, RateLimited> {
        let Some(limit) = NonZeroU32::new(per_minute) else {
            return Err(RateLimited { limit: 0, retry_after: MINUTE });
        };
        let now = self.clock.now();
        let mut buckets = self.buckets();
        buckets.forget_idle(now);
        let known = buckets.by_token.get_mut(token);
        let mut bucket = match known {
            Some(bucket) if bucket.limit() == limit => return bucket.take(now),
            Some(other) => other.resized(limit, self.clock.clone(), now),
            None => Bucket::new(limit, self.clock.clone()),
        };
        let first = bucket.take(now);
        buckets.by_token.insert(token.clone(), bucket);
        first
    }

    /// Gives back a request that was counted: it came to nothing, and that was not its token's
    /// doing. Nothing happens for a token that was forgotten meanwhile: its bucket is full.
    pub fn give_back(&self, token: &TokenId) {
        if let Some(bucket) = self.buckets().by_token.get_mut(token) {
            bucket.give_back();
        }
    }

    fn buckets(&self) -> MutexGuard<'_, Buckets<C>> {
        self.buckets.lock()
    }

    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.buckets().by_token.len()
    }
}

#[derive(Debug)]
struct Buckets<C: Clock> {
    by_token: HashMap<TokenId, Bucket<C>>,
    forgotten_at: C::Instant,
}

impl<C: Clock> Buckets<C> {
    /// Drops buckets that are full again; once a minute, so that few checks pay for it.
    fn forget_idle(&mut self, now: C::Instant) {
        let is_recent = |then: C::Instant| Duration::from(now.duration_since(then)) < MINUTE;
        if !is_recent(self.forgotten_at) {
            self.by_token.retain(|_, bucket| is_recent(bucket.last_taken()));
            self.forgotten_at = now;
        }
    }
}
