//! Attempts to be let in, by address.

use crate::domain::{Clock, Timestamp};
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
    time::Duration,
};

const MINUTE: Duration = Duration::from_mins(1);

/// Addresses that are remembered. Beyond, the one that failed the longest ago is forgotten, so that
/// memory stays bounded and nobody is refused for what others did.
const MOST_ADDRESSES: usize = 4096;

/// Why somebody was not let in. Either way it carries why this attempt was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotLetIn<E> {
    /// This attempt failed after too many others. In so many whole seconds one more may fail.
    TooMany(E, Duration),
    /// This attempt failed, and counts.
    Failed(E),
}

/// Counts failed attempts to be let in; after so many in a minute an address must wait, and gets one
/// more for each part of a minute that goes by. An IPv6 address counts as its /64.
///
/// What is right is let in at any time: many may share the address of a proxy, and whoever fails there
/// must not shut the others out. It gives nothing away, since what is tested here is not guessed.
#[derive(Debug)]
pub struct Attempts {
    clock: Arc<dyn Clock>,
    /// What one failure costs; a minute's worth may be owed.
    cost: Duration,
    /// Until when each address has paid off its failures.
    owing: Mutex<HashMap<IpAddr, Timestamp>>,
}

impl Attempts {
    /// Returns a count that lets `per_minute` attempts of an address fail in a minute; at least
    /// one. A clock that can be set is no danger: whatever it says, nobody owes more than a minute.
    pub fn new(clock: Arc<dyn Clock>, per_minute: u32) -> Self {
        Self { clock, cost: MINUTE / per_minute.max(1), owing: Mutex::default() }
    }

    /// Lets `who` make an attempt, and says so if it is one failure too many. One at a time, so that
    /// attempts made at once are counted like others; `test` must not wait. What succeeds costs
    /// nothing and pays nothing off. Once there were too many, further failures make the wait no
    /// longer.
    pub fn make<T, E>(
        &self,
        who: IpAddr,
        test: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, NotLetIn<E>> {
        let (who, now) = (network(who), self.clock.now());
        let mut owing = self.owing.lock();
        // A clock that was set back must not lock anybody out for long.
        let owed = owing.get(&who).map_or(Duration::ZERO, |until| until.since(now).min(MINUTE));
        let after = owed.saturating_add(self.cost);
        test().map_err(|error| {
            if after > MINUTE {
                return NotLetIn::TooMany(error, whole_seconds(after.saturating_sub(MINUTE)));
            }
            forget(&mut owing, now);
            owing.insert(who, now.plus(after));
            NotLetIn::Failed(error)
        })
    }
}

/// Forgets who owes nothing any more, and if all do, who owes the least.
fn forget(owing: &mut HashMap<IpAddr, Timestamp>, now: Timestamp) {
    if owing.len() < MOST_ADDRESSES {
        return;
    }
    owing.retain(|_, until| *until > now);
    if owing.len() < MOST_ADDRESSES {
        return;
    }
    let least = owing.iter().min_by_key(|(_, until)| **until).map(|(who, _)| *who);
    if let Some(least) = least {
        owing.remove(&least);
    }
}

/// Returns what counts as one: an IPv6 client commands a /64 as a whole.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from(u128::from(address) & !u128::from(u64::MAX)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

fn whole_seconds(span: Duration) -> Duration {
    let begun = u64::from(span.subsec_nanos() > 0);
    Duration::from_secs((span.as_secs() + begun).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SteeredClock;

    const SECOND: Duration = Duration::from_secs(1);

    fn attempts(per_minute: u32) -> (Attempts, SteeredClock) {
        let clock = SteeredClock::at(Timestamp::from_micros(1_700_000_000_000_000));
        (Attempts::new(Arc::new(clock.clone()), per_minute), clock)
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn fail(attempts: &Attempts, who: &str) -> NotLetIn<()> {
        attempts.make(address(who), || Err::<(), ()>(())).unwrap_err()
    }

    #[test]
    fn after_so_many_failures_only_what_is_right_is_let_in_until_time_went_by() {
        let (attempts, clock) = attempts(10);
        for _ in 0..10 {
            assert_eq!(fail(&attempts, "10.0.0.1"), NotLetIn::Failed(()));
        }
        for _ in 0..3 {
            assert_eq!(fail(&attempts, "10.0.0.1"), NotLetIn::TooMany((), SECOND * 6));
            assert_eq!(attempts.make(address("10.0.0.1"), || Ok::<_, ()>(7)), Ok(7));
        }
        clock.advance(SECOND * 6);
        assert_eq!(fail(&attempts, "10.0.0.1"), NotLetIn::Failed(()));
        assert_eq!(fail(&attempts, "10.0.0.1"), NotLetIn::TooMany((), SECOND * 6));
        clock.advance(SECOND * 60);
        for _ in 0..10 {
            assert_eq!(fail(&attempts, "10.0.0.1"), NotLetIn::Failed(()));
        }
    }

    #[test]
    fn what_succeeds_counts_for_nothing_and_others_are_not_concerned() {
        let (attempts, _clock) = attempts(1);
        for _ in 0..100 {
            assert_eq!(attempts.make(address("10.0.0.1"), || Ok::<_, ()>(7)), Ok(7));
        }
        assert_eq!(fail(&attempts, "10.0.0.1"), NotLetIn::Failed(()));
        assert_eq!(fail(&attempts, "10.0.0.1"), NotLetIn::TooMany((), SECOND * 60));
        assert_eq!(fail(&attempts, "::ffff:10.0.0.1"), NotLetIn::TooMany((), SECOND * 60));
        assert_eq!(fail(&attempts, "10.0.0.2"), NotLetIn::Failed(()));
    }

    #[test]
    fn an_ipv6_network_counts_as_one() {
        let (attempts, _clock) = attempts(1);
        assert_eq!(fail(&attempts, "2001:db8::1"), NotLetIn::Failed(()));
        assert_eq!(fail(&attempts, "2001:db8::2"), NotLetIn::TooMany((), SECOND * 60));
        assert_eq!(fail(&attempts, "2001:db8:0:1::1"), NotLetIn::Failed(()));
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out_for_longer_than_a_minute() {
        let (attempts, clock) = attempts(1);
        assert_eq!(fail(&attempts, "10.0.0.1"), NotLetIn::Failed(()));
        clock.set(Timestamp::from_micros(1));
        assert_eq!(fail(&attempts, "10.0.0.1"), NotLetIn::TooMany((), SECOND * 60));
    }

    #[test]
    fn a_flood_from_many_addresses_takes_bounded_memory_and_locks_out_nobody_else() {
        let (attempts, clock) = attempts(10);
        for number in 0..10_000_u32 {
            let who = IpAddr::from(number.to_be_bytes());
            assert_eq!(attempts.make(who, || Err::<(), ()>(())), Err(NotLetIn::Failed(())));
            clock.advance(Duration::from_micros(1));
        }
        assert!(attempts.owing.lock().len() <= MOST_ADDRESSES);
        assert_eq!(attempts.make(address("192.0.2.1"), || Ok::<_, ()>(1)), Ok(1));
    }
}
