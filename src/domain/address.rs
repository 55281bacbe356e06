//! How much of network addresses goes on record.

use super::{AuditRecord, Principal, RecordBody};
use serde_json::Value;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How much of an address goes on record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AddressDetail {
    /// All of it.
    #[default]
    Full,
    /// The network: a /24, and a /48 of IPv6.
    Network,
    /// Nothing.
    None,
}

impl AddressDetail {
    /// Returns what goes on record of an address. An IPv4 address that came as one of IPv6 counts as
    /// what it is.
    pub fn record(self, address: IpAddr) -> Box<str> {
        let address = address.to_canonical();
        match self {
            Self::Full => address.to_string().into(),
            Self::Network => network(address, 24, 48),
            Self::None => Box::default(),
        }
    }

    /// Returns what goes on record of the address that many refusals came from. Addresses of one /64
    /// are counted as one, and so they are told.
    fn record_many(self, address: IpAddr) -> Box<str> {
        match (self, address.to_canonical()) {
            (Self::Full, address @ IpAddr::V6(_)) => network(address, 32, 64),
            (_, address) => self.record(address),
        }
    }
}

/// Returns the network of an address, as in `203.0.113.0/24`.
fn network(address: IpAddr, of_v4: u32, of_v6: u32) -> Box<str> {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - of_v4).unwrap_or(0);
            let network = Ipv4Addr::from(u32::from(address) & mask);
            format!("{network}/{of_v4}").into()
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - of_v6).unwrap_or(0);
            let network = Ipv6Addr::from(u128::from(address) & mask);
            format!("{network}/{of_v6}").into()
        }
    }
}

impl AuditRecord {
    /// Takes from the record what may not be kept of addresses, wherever they stand in it.
    pub fn keep_addresses(&mut self, detail: AddressDetail) {
        let is_summary = matches!(self.body, RecordBody::Summary(_));
        if let Principal::Anonymous(address) = self.principal {
            let kept =
                if is_summary { detail.record_many(address) } else { detail.record(address) };
            if kept.parse::<IpAddr>() != Ok(address) {
                self.principal = Principal::Somewhere(kept);
            }
        }
        match &mut self.body {
            RecordBody::Intent(intent) => keep(&mut intent.client_addr, detail),
            RecordBody::Refusal(refusal) => keep(&mut refusal.client_addr, detail),
            RecordBody::Admin(change) => {
                change.client_addr.iter_mut().for_each(|text| keep(text, detail));
                // A webhook is told with where it came from.
                if let Some(Value::String(text)) = change.after.get_mut("client_addr") {
                    let mut kept = text.as_str().into();
                    keep(&mut kept, detail);
                    *text = kept.into();
                }
            }
            RecordBody::Outcome(outcome) => {
                outcome.of.iter_mut().for_each(|read| keep(&mut read.client_addr, detail));
            }
            RecordBody::Attempt(_) | RecordBody::Summary(_) => {}
        }
    }
}

/// What is no address, such as `socket`, stays.
fn keep(text: &mut Box<str>, detail: AddressDetail) {
    if let Ok(address) = text.parse() {
        *text = detail.record(address);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_no_more_is_kept_than_is_set() {
        let kept = |detail: AddressDetail, text: &str| detail.record(text.parse().unwrap());
        for (text, full, network) in [
            ("203.0.113.77", "203.0.113.77", "203.0.113.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
            ("::ffff:203.0.113.77", "203.0.113.77", "203.0.113.0/24"),
            ("127.0.0.1", "127.0.0.1", "127.0.0.0/24"),
            ("::1", "::1", "::/48"),
        ] {
            assert_eq!(&*kept(AddressDetail::Full, text), full);
            assert_eq!(&*kept(AddressDetail::Network, text), network);
            assert_eq!(&*kept(AddressDetail::None, text), "");
        }
        let many = |detail: AddressDetail, text: &str| detail.record_many(text.parse().unwrap());
        assert_eq!(&*many(AddressDetail::Full, "2001:db8:1:2::"), "2001:db8:1:2::/64");
        assert_eq!(&*many(AddressDetail::Full, "203.0.113.77"), "203.0.113.77");
        assert_eq!(&*many(AddressDetail::Network, "2001:db8:1:2::"), "2001:db8:1::/48");
    }
}
