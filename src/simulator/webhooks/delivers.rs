//! Where a stand-in delivers to.

use crate::simulator::form::is_public;
use std::net::IpAddr;

/// Where a stand-in delivers webhooks to. All but the first take more than the vendor would.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Delivers {
    /// Nowhere; public https addresses are taken, as at the vendor, and nothing is sent to them.
    #[default]
    Nowhere,
    /// To this address and no other.
    To(String),
    /// To this machine, in the clear too.
    Loopback,
    /// To this machine and to all public https addresses.
    Anywhere,
}

impl Delivers {
    /// Says whether an address is taken.
    pub(in crate::simulator) fn takes(&self, address: &str) -> bool {
        is_public(address) || self.reaches(address)
    }

    /// Says whether something is sent to an address that was taken.
    pub(in crate::simulator) fn reaches(&self, address: &str) -> bool {
        match self {
            Self::Nowhere => false,
            Self::To(only) => only == address,
            Self::Loopback => is_loopback(address),
            Self::Anywhere => is_loopback(address) || is_public(address),
        }
    }
}

fn is_loopback(address: &str) -> bool {
    let uri: Option<http::Uri> = address.parse().ok();
    let host = uri.as_ref().and_then(http::Uri::host).unwrap_or("");
    let name = host.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::Delivers;

    #[test]
    fn by_default_addresses_are_taken_as_the_vendor_takes_them_and_nothing_is_sent() {
        let usual = Delivers::default();
        assert!(
            usual.takes("https://hooks.example/x") && !usual.reaches("https://hooks.example/x")
        );
        assert!(!usual.takes("http://127.0.0.1:1/x"));
    }

    #[test]
    fn a_stand_in_for_one_machine_sends_to_it_alone() {
        let local = Delivers::Loopback;
        for near in ["http://127.0.0.1:1/x", "http://localhost/x", "https://[::1]:9/x"] {
            assert!(local.takes(near) && local.reaches(near), "{near}");
        }
        for far in ["http://10.0.0.1/x", "https://hooks.example/x", "nothing"] {
            assert!(!local.reaches(far), "{far}");
        }
        assert!(Delivers::Anywhere.reaches("https://hooks.example/x"));
        let one = Delivers::To("http://127.0.0.1:1/x".to_owned());
        assert!(one.reaches("http://127.0.0.1:1/x") && !one.reaches("http://127.0.0.1:2/x"));
    }
}
