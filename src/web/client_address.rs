//! Where a client is, behind the proxies that are trusted to say so.

use http::HeaderMap;
use ipnet::IpNet;
use std::{
    fmt,
    net::{IpAddr, SocketAddr},
};

/// The address of a client: the peer's, or what trusted proxies say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// Finds the client behind `peer`.
    ///
    /// `X-Forwarded-For` is believed only as far as trusted proxies wrote it: read from the right,
    /// the first address that is not trusted is the client. What stands left of it, the client may
    /// have made up.
    pub fn find(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        // A listener for both families sees an IPv4 peer as `::ffff:a.b.c.d`, which no IPv4 network holds.
        let mut client = peer.to_canonical();
        if trusted.is_empty() {
            return Self(client);
        }
        let values = headers.get_all("x-forwarded-for").iter().rev();
        for entry in values.flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b',')) {
            if !trusted.iter().any(|net| net.contains(&client)) {
                break;
            }
            // Passing over what cannot be read would believe what stands left of it, beyond the last known hop.
            let Some(address) = str::from_utf8(entry).ok().and_then(address) else { break };
            client = address;
        }
        Self(client)
    }

    /// Returns the address.
    pub fn ip(self) -> IpAddr {
        self.0
    }
}

/// Reads an address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let found = bare.parse::<IpAddr>().ok();
    let found = found.or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()));
    found.map(|address| address.to_canonical())
}

impl From<IpAddr> for ClientAddress {
    fn from(address: IpAddr) -> Self {
        Self(address.to_canonical())
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        ClientAddress::find(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_peer_that_is_not_trusted_is_the_client_whatever_it_says() {
        assert_eq!(find("203.0.113.9", &["1.1.1.1"], &[]), "203.0.113.9");
        assert_eq!(find("203.0.113.9", &["1.1.1.1"], &["10.0.0.0/8"]), "203.0.113.9");
    }

    #[test]
    fn the_right_most_address_that_is_not_trusted_is_the_client() {
        let trusted = ["10.0.0.0/8"];
        assert_eq!(find("10.0.0.1", &["9.9.9.9, 203.0.113.9, 10.0.0.2"], &trusted), "203.0.113.9");
        assert_eq!(find("10.0.0.1", &["9.9.9.9", "203.0.113.9"], &trusted), "203.0.113.9");
        assert_eq!(find("::ffff:10.0.0.1", &["203.0.113.9:4711"], &trusted), "203.0.113.9");
        assert_eq!(find("10.0.0.1", &["[2001:db8::1]:443"], &trusted), "2001:db8::1");
        assert_eq!(find("10.0.0.1", &["10.0.0.3, 10.0.0.2"], &trusted), "10.0.0.3");
    }

    #[test]
    fn what_is_no_address_ends_the_belief() {
        assert_eq!(find("10.0.0.1", &["1.1.1.1, unknown"], &["10.0.0.0/8"]), "10.0.0.1");
        assert_eq!(find("10.0.0.1", &[], &["10.0.0.0/8"]), "10.0.0.1");
    }
}
