//! How many connections there are, in all and from each address.

use parking_lot::{Mutex, MutexGuard};
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
};

/// Counts connections.
#[derive(Debug)]
pub(super) struct ConnectionCounter {
    most: usize,
    most_per_address: usize,
    heads: Mutex<ConnectionCounts>,
}

#[derive(Debug, Default)]
struct ConnectionCounts {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// One connection among the crowd; leaves it when dropped.
#[derive(Debug)]
pub(super) struct ConnectionGuard {
    crowd: Arc<ConnectionCounter>,
    address: Option<IpAddr>,
}

impl ConnectionCounter {
    pub(super) fn new(most: usize, most_per_address: usize) -> Arc<Self> {
        Arc::new(Self { most, most_per_address, heads: Mutex::default() })
    }

    /// Lets a connection in, unless there are too many. Without an address it counts in all only.
    pub(super) fn enter(self: &Arc<Self>, address: Option<IpAddr>) -> Option<ConnectionGuard> {
        let address = address.map(neighbourhood);
        let mut heads = self.heads();
        if heads.all >= self.most {
            return None;
        }
        if let Some(address) = address {
            let count = heads.by_address.entry(address).or_default();
            if *count >= self.most_per_address {
                return None;
            }
            *count += 1;
        }
        heads.all += 1;
        Some(ConnectionGuard { crowd: Arc::clone(self), address })
    }

    fn heads(&self) -> MutexGuard<'_, ConnectionCounts> {
        self.heads.lock()
    }
}

impl Drop for ConnectionGuard {
    fn drop(&mut self) {
        let mut heads = self.crowd.heads();
        heads.all -= 1;
        let Some(address) = self.address else { return };
        let left = heads.by_address.get_mut(&address).map_or(0, |count| {
            *count -= 1;
            *count
        });
        // An address without connections leaves no entry, or a scan from many would fill the memory for good.
        if left == 0 {
            heads.by_address.remove(&address);
        }
    }
}

/// One customer commonly has a whole /64 of IPv6.
fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() >> 64 << 64)),
        four @ IpAddr::V4(_) => four,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enter(crowd: &Arc<ConnectionCounter>, address: &str) -> Option<ConnectionGuard> {
        crowd.enter(Some(address.parse().unwrap()))
    }

    #[test]
    fn one_address_cannot_take_all_connections() {
        let crowd = ConnectionCounter::new(3, 2);
        let first = enter(&crowd, "2001:db8::1");
        let _second = enter(&crowd, "2001:db8::2").unwrap();
        assert!(enter(&crowd, "2001:db8::3").is_none());
        let _other = enter(&crowd, "192.0.2.1").unwrap();
        assert!(enter(&crowd, "192.0.2.2").is_none(), "more than there may be in all");
        drop(first);
        assert!(enter(&crowd, "2001:db8::3").is_some());
    }

    #[test]
    fn addresses_without_connections_are_forgotten() {
        let crowd = ConnectionCounter::new(3, 2);
        drop(enter(&crowd, "192.0.2.1"));
        drop(crowd.enter(None));
        assert!(crowd.heads().by_address.is_empty());
        assert_eq!(crowd.heads().all, 0);
    }
}
