//! How long calls hold their places.

use std::{collections::VecDeque, time::Duration};
use tokio::time::Instant;

/// Calls that must have ended, and that are remembered.
const REMEMBERED: usize = 20;

/// How many of them tell: the quickest.
const QUICKEST: usize = 5;

/// After so long they tell nothing any more.
const FRESH: Duration = Duration::from_mins(10);

/// How long the last calls that ended held their places. Calls without places are not among them.
#[derive(Debug, Default)]
pub(super) struct Durations(VecDeque<(Instant, Duration)>);

impl Durations {
    /// Notes that a call ended.
    pub(super) fn note(&mut self, held: Duration, now: Instant) {
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back((now, held));
    }

    /// Returns how long calls hold their places, by the quickest of the last ones; `None` until
    /// enough have ended of late.
    pub(super) fn typical(&self, now: Instant) -> Option<Duration> {
        let (oldest, _) = self.0.front()?;
        if self.0.len() < REMEMBERED || now.saturating_duration_since(*oldest) > FRESH {
            return None;
        }
        let mut held: Vec<_> = self.0.iter().map(|(_, held)| *held).collect();
        held.sort_unstable();
        let quickest: Duration = held.iter().take(QUICKEST).sum();
        Some(quickest / u32::try_from(QUICKEST).unwrap_or(1))
    }
}
