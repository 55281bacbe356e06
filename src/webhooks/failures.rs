//! Failed verifications, by address: whoever sends false deliveries is soon not listened to.

use parking_lot::{Mutex, MutexGuard};
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};
use tokio::time::Instant;

/// How long failures count.
const MINUTE: Duration = Duration::from_mins(1);

/// Addresses that are counted apart in a minute; the others share one count.
const MOST_ADDRESSES: usize = 4096;

/// Counts failures by address; an IPv6 address counts as its /64, which one sender commands as a whole.
///
/// Memory is bounded: at most 4096 addresses are known apart.
#[derive(Debug)]
pub(super) struct Failures {
    /// The most failures in a minute.
    most: u32,
    book: Mutex<FailureBook>,
}

/// The counts, and when old ones were last forgotten.
#[derive(Debug, Default)]
struct FailureBook {
    /// The counts of those known apart.
    by_address: HashMap<IpAddr, FailureWindow>,
    /// The count of all others together.
    others: Option<FailureWindow>,
    /// When old ones were last forgotten.
    forgotten_at: Option<Instant>,
}

impl FailureBook {
    /// Once a minute, so that few failures pay for it.
    fn forget_the_old(&mut self) {
        if self.forgotten_at.is_none_or(|then| then.elapsed() >= MINUTE) {
            self.by_address.retain(|_, window| !window.is_over());
            self.forgotten_at = Some(Instant::now());
        }
    }
}

/// A minute from the first failure on.
#[derive(Debug, Clone, Copy)]
struct FailureWindow {
    since: Instant,
    count: u32,
}

impl Failures {
    /// Returns a count of nothing.
    pub(super) fn new(most: u32) -> Self {
        Self { most, book: Mutex::default() }
    }

    /// Returns for how long an address is not listened to; `None` when it is.
    ///
    /// It is not listened to from its last allowed failure on, until the minute is over.
    pub(super) fn blocked(&self, address: IpAddr) -> Option<Duration> {
        let address = network(address);
        let book = self.lock();
        // Addresses beyond the bound are counted together.
        let is_apart =
            book.by_address.contains_key(&address) || book.by_address.len() < MOST_ADDRESSES;
        let window = if is_apart { book.by_address.get(&address) } else { book.others.as_ref() };
        let window = window.filter(|window| !window.is_over() && window.count >= self.most)?;
        Some(MINUTE.saturating_sub(window.since.elapsed()))
    }

    /// Counts a failure.
    pub(super) fn count(&self, address: IpAddr) {
        let address = network(address);
        let mut book = self.lock();
        book.forget_the_old();
        let is_apart =
            book.by_address.contains_key(&address) || book.by_address.len() < MOST_ADDRESSES;
        let window = if is_apart {
            book.by_address.entry(address).or_insert_with(FailureWindow::new)
        } else {
            book.others.get_or_insert_with(FailureWindow::new)
        };
        if window.is_over() {
            *window = FailureWindow::new();
        }
        window.count = window.count.saturating_add(1);
    }

    fn lock(&self) -> MutexGuard<'_, FailureBook> {
        self.book.lock()
    }
}

impl FailureWindow {
    fn new() -> Self {
        Self { since: Instant::now(), count: 0 }
    }

    fn is_over(&self) -> bool {
        self.since.elapsed() >= MINUTE
    }
}

/// Returns what an address is counted as. An address of IPv4 within IPv6 counts as that of IPv4.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from(u128::from(address) & !u128::from(u64::MAX)).into(),
        canonical @ IpAddr::V4(_) => canonical,
    }
}
