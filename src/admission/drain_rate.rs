//! How fast places come free, and so how long a caller should stay away.

use std::time::Duration;
use tokio::time::Instant;

/// How long a place is taken for, until measured.
pub(super) const FIRST_GUESS: Duration = Duration::from_secs(10);
/// After this many seconds the older measurements weigh a third.
const MEMORY: f64 = 20.0;
const SHORTEST: f64 = 1.0;
const LONGEST: f64 = 60.0;

/// A moving average of the places that come free per second while calls wait.
#[derive(Debug)]
pub(super) struct DrainRate {
    per_second: f64,
    freed: u32,
    since: Instant,
}

impl DrainRate {
    pub(super) fn new(cap: u32, now: Instant) -> Self {
        Self { per_second: f64::from(cap) / FIRST_GUESS.as_secs_f64(), freed: 0, since: now }
    }

    /// Starts a measurement: from now on calls wait.
    pub(super) fn restart(&mut self, now: Instant) {
        self.freed = 0;
        self.since = now;
    }

    /// Notes places that came free because work was done.
    pub(super) fn freed(&mut self, places: u32) {
        self.freed = self.freed.saturating_add(places);
    }

    /// Takes the last second or more into the average. Call it only while calls wait: what comes
    /// free when nobody waits tells how much is asked for, not how much could be served.
    pub(super) fn measure(&mut self, now: Instant) {
        let seconds = now.saturating_duration_since(self.since).as_secs_f64();
        if seconds >= 1.0 {
            let weight = 1.0 - (-seconds / MEMORY).exp();
            self.per_second += weight * (f64::from(self.freed) / seconds - self.per_second);
            self.restart(now);
        }
    }

    /// Returns in how many whole seconds `places` will have come free, from 1 to 60. It is an
    /// estimate and no promise.
    pub(super) fn time_for(&self, places: u32) -> Duration {
        // Never divided by zero: nothing over nothing is no number, and no time can be made of it.
        shown(f64::from(places) / self.per_second.max(f64::MIN_POSITIVE))
    }
}

/// Returns a time to come back in as callers are told it: whole seconds, from 1 to 60.
pub(super) fn shown(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds.ceil().clamp(SHORTEST, LONGEST))
}
