//! Addresses and ports.
//!
//! An address to listen on is an IP address with a port, never a name: nothing here asks a resolver, so
//! what a gateway listens on cannot change between two starts.

use super::{
    section::InvalidValue,
    tree::{Node, SettingValue},
    values::written,
};
use http::Uri;
use std::net::{IpAddr, SocketAddr};

/// What a refusal shows as the right form.
const EXAMPLE: &str = "must be an address and a port like \"127.0.0.1:8080\"";

/// Reads an address to listen on.
///
/// Port 0 is allowed and means a free one. A port alone, as a number, is refused: whoever writes it has not
/// said whether this machine alone or all networks are meant.
pub(super) fn listening(node: &Node) -> Result<SocketAddr, InvalidValue> {
    if let SettingValue::Integer(port) = &node.value {
        return Err(node.reject(format!("{EXAMPLE}, and is a port alone: \"127.0.0.1:{port}\"")));
    }
    let text = written(node).unwrap_or_default();
    text.parse().map_err(|_| match detail(text) {
        Some(detail) => node.reject(format!("{EXAMPLE}: {detail}")),
        None => node.reject(EXAMPLE),
    })
}

/// Returns what is wrong with plain HTTP at an address, unless somebody said that it is meant.
///
/// Tokens travel in it, so that loopback alone is served without being told to.
pub fn plaintext_problem(address: SocketAddr) -> Option<&'static str> {
    let problem = "without TLS it must be a loopback address: say listen.allow_plaintext = true if a proxy in \
                   front speaks TLS";
    (!address.ip().is_loopback()).then_some(problem)
}

/// Says whether two listeners would want the same port of the same address.
///
/// Two listeners with port 0 never collide, for each gets a port of its own.
pub(super) fn collide(one: SocketAddr, other: SocketAddr) -> bool {
    let takes_all = |all: IpAddr, of: IpAddr| match all {
        IpAddr::V4(ip) => ip.is_unspecified() && of.is_ipv4(),
        // Where it listens on all addresses of IPv6, it takes those of IPv4 too.
        IpAddr::V6(ip) => ip.is_unspecified(),
    };
    let (a, b) = (one.ip(), other.ip());
    // Two that ask for port 0 are given a port each.
    one.port() == other.port() && one.port() != 0 && (a == b || takes_all(a, b) || takes_all(b, a))
}

/// Says whether the port of a URL, if it names one, can be.
///
/// Port 0 cannot be: nobody can connect to it.
pub(super) fn has_good_port(url: &Uri) -> bool {
    url.authority().is_none_or(|authority| is_good(authority.as_str()))
}

/// Says whether the port of a host, if it names one, can be.
///
/// The text may be a name, an address of IPv4, or one of IPv6 in brackets; what stands before the port is
/// not looked at.
pub(super) fn is_good(authority: &str) -> bool {
    let behind_address = authority.rsplit_once(']').map_or(authority, |(_, behind)| behind);
    let port = behind_address.split_once(':').map(|(_, port)| port);
    port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

/// Returns what is wrong with an address that could not be parsed; nothing where the text is empty.
fn detail(text: &str) -> Option<String> {
    if text.parse::<IpAddr>().is_ok() || text.ends_with(']') {
        return Some("the port is missing".to_owned());
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(format!("the address is missing, as in \"127.0.0.1:{text}\""));
    }
    let Some((host, port)) = text.rsplit_once(':') else {
        return (!text.is_empty()).then(|| "the port is missing".to_owned());
    };
    if port.parse::<u16>().is_err() {
        return Some(format!("{port:?} is no port, which are the numbers from 0 to 65535"));
    }
    if host.is_empty() {
        return Some(format!(
            "the address is missing: 127.0.0.1{text} is this machine alone, 0.0.0.0{text} all networks"
        ));
    }
    if host.parse::<IpAddr>().is_ok_and(|address| address.is_ipv6()) {
        return Some(format!("an address of IPv6 stands in brackets, as in \"[{host}]:{port}\""));
    }
    Some(format!("names are not looked up here, and {host:?} is no address"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_what_is_wrong_with_an_address() {
        for (text, told) in [
            ("127.0.0.1:65536", "is no port"),
            ("127.0.0.1:http", "is no port"),
            ("127.0.0.1:", "is no port"),
            ("127.0.0.1", "the port is missing"),
            ("::1", "the port is missing"),
            ("[::1]", "the port is missing"),
            ("localhost", "the port is missing"),
            (":8080", "the address is missing"),
            ("8080", "the address is missing"),
            ("localhost:8080", "names are not looked up"),
        ] {
            assert!(detail(text).unwrap().contains(told), "{text}: {:?}", detail(text));
        }
    }

    #[test]
    fn all_addresses_take_the_port_of_each() {
        let collides = |a: &str, b: &str| collide(a.parse().unwrap(), b.parse().unwrap());
        assert!(collides("127.0.0.1:1", "127.0.0.1:1"));
        assert!(collides("0.0.0.0:1", "127.0.0.1:1"));
        assert!(collides("127.0.0.1:1", "[::]:1"));
        assert!(!collides("0.0.0.0:1", "[::1]:1"));
        assert!(!collides("127.0.0.1:1", "127.0.0.2:1"));
        assert!(!collides("127.0.0.1:1", "127.0.0.1:2"));
        assert!(!collides("0.0.0.0:0", "0.0.0.0:0"));
    }

    #[test]
    fn the_port_of_a_url_can_be() {
        for (url, good) in [
            ("https://a.example.com", true),
            ("http://[::1]:9000", true),
            ("http://127.0.0.1:65535", true),
            ("http://127.0.0.1:65536", false),
            ("http://127.0.0.1:0", false),
        ] {
            assert_eq!(has_good_port(&url.parse().unwrap()), good, "{url}");
        }
        assert!(!is_good("a.example.com:99999") && is_good("[::1]") && is_good("a.example.com:1"));
    }
}
