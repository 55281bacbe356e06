//! The effective cap: what the vendor lets through while someone else uses the account too.

use std::time::Duration;
use tokio::time::Instant;

/// The cap as set, and as the vendor's 429s have shrunk it.
#[derive(Debug)]
pub(super) struct EffectiveCap {
    cap: u32,
    effective: u32,
    /// The last 429, or the last step back up.
    since: Instant,
    /// A 429 came while nothing else was in flight: nothing of ours can come free and tell that
    /// there is room again, so nothing is sent before a second has passed.
    rests: bool,
}

impl EffectiveCap {
    pub(super) fn new(cap: u32, now: Instant) -> Self {
        Self { cap, effective: cap, since: now, rests: false }
    }

    /// Sets the cap. What the vendor's 429s left of it grows with it only where nothing was taken away; else it
    /// comes back second by second.
    pub(super) fn set(&mut self, cap: u32) {
        let is_whole = self.effective == self.cap;
        self.effective = if is_whole { cap } else { self.effective.min(cap) };
        self.cap = cap;
    }

    /// Returns the cap as it is set.
    pub(super) fn configured(&self) -> u32 {
        self.cap
    }

    /// Returns what the vendor lets through, from 1 to the cap.
    pub(super) fn current(&self) -> u32 {
        self.effective
    }

    /// Returns how many places may be in use just now.
    pub(super) fn limit(&self) -> u32 {
        if self.rests { 0 } else { self.effective }
    }

    /// Notes a 429 that came while `in_use` other places were taken.
    pub(super) fn shrink(&mut self, in_use: u32, now: Instant) {
        // Never zero: only a call that is sent can tell that there is room again.
        self.effective = self.effective.min(in_use).max(1);
        self.rests = in_use == 0;
        self.since = now;
    }

    /// Steps back up by one for each full second without a 429.
    pub(super) fn recover(&mut self, now: Instant) {
        let seconds = now.saturating_duration_since(self.since).as_secs();
        if seconds > 0 {
            let steps = u32::try_from(seconds).unwrap_or(u32::MAX);
            self.effective = self.effective.saturating_add(steps).min(self.cap);
            // Not set to the present: the part of a second that has begun counts for the next step.
            self.since += Duration::from_secs(seconds);
            self.rests = false;
        }
    }
}
