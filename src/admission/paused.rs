//! A pause as a gate tells of it.

use crate::domain::{EnvironmentName, Pause, PauseTarget, Timestamp};
use std::time::Duration;
use tokio::time::Instant;

/// A pause that keeps calls out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paused {
    /// The pause.
    pub pause: Pause,
    /// Its end by a clock that nobody sets.
    ends: Option<Instant>,
}

impl Paused {
    /// Returns a pause as callers are told of it from `now` on.
    pub fn new(pause: Pause, now: Timestamp) -> Self {
        let ends = pause.until.map(|until| Instant::now() + until.since(now));
        Self { pause, ends }
    }

    /// Returns how long it will last, if that was said.
    pub fn time_left(&self) -> Option<Duration> {
        self.ends.map(|ends| ends.saturating_duration_since(Instant::now()))
    }

    /// Says whether it keeps out the calls of an environment at the gate where it is known.
    pub(super) fn holds_up(&self, environment: &EnvironmentName) -> bool {
        match &self.pause.target {
            PauseTarget::Environment(name) => name == environment,
            PauseTarget::All | PauseTarget::Account(_) => true,
        }
    }
}
