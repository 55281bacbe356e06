//! Where a stand-in delivers to.

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
    ///
    /// What is not taken is refused with the request that names it.
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

/// Returns whether `address` could be called from the internet.
///
/// No name is looked up, so that a public name of a private address counts as public.
fn is_public(address: &str) -> bool {
    let Some(rest) = address.strip_prefix("https://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    // Behind what may be a name and a password: `https://a.example@127.0.0.1/` leads to this machine.
    let host = authority.rsplit('@').next().unwrap_or("");
    let host = match host.strip_prefix('[') {
        // No address of the sixth version is taken, so that none needs to be told apart.
        Some(_) => return false,
        None => host.split(':').next().unwrap_or(""),
    };
    if address.len() > 2048 || host.is_empty() || host.eq_ignore_ascii_case("localhost") {
        return false;
    }
    match host.parse::<std::net::Ipv4Addr>() {
        Ok(ip) => !(ip.is_loopback() || ip.is_private() || ip.is_link_local()),
        Err(_) => host.contains('.'),
    }
}

/// Says whether an address is of this machine, in the clear or not.
fn is_loopback(address: &str) -> bool {
    let uri: Option<http::Uri> = address.parse().ok();
    let host = uri.as_ref().and_then(http::Uri::host).unwrap_or("");
    let name = host.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{Delivers, is_public};

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

    #[test]
    fn webhooks_are_public_addresses() {
        for bad in
            ["http://a.example/x", "https://localhost/x", "https://127.0.0.1/", "https://[::1]/"]
        {
            assert!(!is_public(bad), "{bad}");
        }
        assert!(is_public("https://hooks.example/x?y"));
    }
}
