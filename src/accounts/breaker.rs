//! The balance breaker: Ideogram said 402, so calls that cost as much are not sent for a while.
//!
//! ```text
//!              402 for a call of price p
//!  closed ────────────────────────────────▶ open for calls of p and more
//!     ▲                                        │ one of them a minute goes through
//!     └────────────────────────────────────────┘ and is not answered with 402
//! ```
//!
//! A call without a price is taken to be as dear as any.

use crate::domain::{Clock, Timestamp, Usd};
use parking_lot::{Mutex, MutexGuard};
use serde::Serialize;
use std::{sync::Arc, time::Duration};

/// How often one call is let through to see whether there is balance again.
const PROBE_EVERY: Duration = Duration::from_mins(1);

/// Why calls are stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BreakerState {
    /// Calls that cost at least this are stopped.
    pub from_usd: Usd,
    /// Since when.
    pub since: Timestamp,
    /// When one is let through next.
    pub next_probe: Timestamp,
}

/// The breaker of one account.
#[derive(Debug)]
pub struct Breaker {
    clock: Arc<dyn Clock>,
    open: Mutex<Option<BreakerState>>,
}

impl Breaker {
    /// Returns a closed breaker.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, open: Mutex::default() }
    }

    /// Returns why calls are stopped, if they are.
    pub fn state(&self) -> Option<BreakerState> {
        *self.lock()
    }

    /// Says whether a call of this price would be stopped, without letting it through as a probe.
    pub fn would_stop(&self, price: Option<Usd>) -> Option<BreakerState> {
        let now = self.clock.now();
        self.state().filter(|open| is_as_dear(price, open) && now < open.next_probe)
    }

    /// Lets a call through, or returns why it is stopped; one a minute goes through as a probe.
    pub fn admit(&self, price: Option<Usd>) -> Result<(), BreakerState> {
        let now = self.clock.now();
        let mut state = self.lock();
        match state.as_mut() {
            Some(open) if is_as_dear(price, open) && now < open.next_probe => Err(*open),
            Some(open) if is_as_dear(price, open) => {
                open.next_probe = now.plus(PROBE_EVERY);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Notes that Ideogram refused a call of this price for want of balance; says whether that is news.
    pub fn refused(&self, price: Option<Usd>) -> bool {
        let (now, price) = (self.clock.now(), price.unwrap_or_default());
        let mut state = self.lock();
        let before = *state;
        let since = before.map_or(now, |open| open.since);
        let from_usd = before.map_or(price, |open| open.from_usd.min(price));
        *state = Some(BreakerState { from_usd, since, next_probe: now.plus(PROBE_EVERY) });
        before.is_none()
    }

    /// Notes that Ideogram did a call of this price; says whether that closed the breaker.
    pub fn done(&self, price: Option<Usd>) -> bool {
        let mut state = self.lock();
        let closes = state.is_some_and(|open| is_as_dear(price, &open));
        if closes {
            *state = None;
        }
        closes
    }

    fn lock(&self) -> MutexGuard<'_, Option<BreakerState>> {
        self.open.lock()
    }
}

fn is_as_dear(price: Option<Usd>, open: &BreakerState) -> bool {
    price.is_none_or(|price| price >= open.from_usd)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SteeredClock;

    fn breaker() -> (Breaker, SteeredClock) {
        let clock = SteeredClock::at(Timestamp::from_micros(1));
        (Breaker::new(Arc::new(clock.clone())), clock)
    }

    const CHEAP: Option<Usd> = Some(Usd::from_micros(30_000));
    const DEAR: Option<Usd> = Some(Usd::from_micros(90_000));

    #[test]
    fn cheaper_calls_go_on() {
        let (breaker, _) = breaker();
        assert!(breaker.refused(DEAR));
        assert!(breaker.admit(CHEAP).is_ok());
        assert!(breaker.admit(DEAR).is_err());
        assert!(breaker.admit(None).is_err());
        assert!(!breaker.refused(CHEAP));
        assert!(breaker.admit(CHEAP).is_err());
    }

    #[test]
    fn one_call_a_minute_goes_through() {
        let (breaker, clock) = breaker();
        breaker.refused(DEAR);
        clock.advance(Duration::from_secs(59));
        assert!(breaker.admit(DEAR).is_err());
        clock.advance(Duration::from_secs(1));
        assert!(breaker.would_stop(DEAR).is_none());
        assert!(breaker.admit(DEAR).is_ok());
        assert!(breaker.admit(DEAR).is_err());
    }

    #[test]
    fn a_call_as_dear_that_was_done_closes_it() {
        let (breaker, _) = breaker();
        breaker.refused(DEAR);
        assert!(!breaker.done(CHEAP));
        assert!(breaker.admit(DEAR).is_err());
        assert!(breaker.done(DEAR));
        assert!(breaker.admit(DEAR).is_ok());
    }
}
