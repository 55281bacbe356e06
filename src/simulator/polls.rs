//! How often generations may be asked for.
//!
//! Ideogram allows 1,000 polls in 10 seconds for an organization, and answers 429 with `Retry-After` beyond.

use crate::domain::Timestamp;
use parking_lot::Mutex;
use std::time::Duration;

/// How many times in one window.
///
/// This is Ideogram's own bound.
const LIMIT: u32 = 1000;
/// How long a window is.
///
/// It begins with the first poll after the one before has ended.
const WINDOW: Duration = Duration::from_secs(10);

/// Counts how often generations are asked for.
///
/// One for all keys.
#[derive(Debug, Default)]
pub struct Polls(Mutex<Option<(Timestamp, u32)>>);

impl Polls {
    /// Counts one more, and returns whether it is too many.
    pub(super) fn is_too_many(&self, now: Timestamp) -> bool {
        let mut window = self.0.lock();
        let (start, count) = match *window {
            Some((start, count)) if now.since(start) < WINDOW => (start, count + 1),
            _ => (now, 1),
        };
        *window = Some((start, count));
        count > LIMIT
    }
}

#[cfg(test)]
mod tests {
    use super::{LIMIT, Polls, WINDOW};
    use crate::domain::Timestamp;

    #[test]
    fn a_new_window_allows_asking_again() {
        let (polls, now) = (Polls::default(), Timestamp::from_micros(0));
        assert!((0..LIMIT).all(|_| !polls.is_too_many(now)));
        assert!(polls.is_too_many(now));
        assert!(!polls.is_too_many(now.plus(WINDOW)));
    }
}
