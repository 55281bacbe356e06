//! What a request line and a `Host` may look like.

use super::{ProtocolFault, fault::MAX_TARGET};

/// A request line, taken apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct RequestLine<'head> {
    /// The authority of a target in absolute form.
    pub(super) authority: Option<&'head [u8]>,
    /// Whether it is a balancer's question how the gateway is, to which it matters little which host
    /// is asked.
    pub(super) is_probe: bool,
    /// Whether the client speaks HTTP/1.0.
    pub(super) is_old: bool,
}

/// Checks a request line without its line end.
pub(super) fn check_request_line(line: &[u8]) -> Result<RequestLine<'_>, ProtocolFault> {
    let mut parts = line.split(|byte| *byte == b' ');
    let (Some(method), Some(target), Some(version), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(ProtocolFault::RequestLine);
    };
    if method.is_empty() || method.len() > 32 || !method.iter().all(|byte| is_token(*byte)) {
        return Err(ProtocolFault::RequestLine);
    }
    let is_old = match version {
        b"HTTP/1.1" => false,
        b"HTTP/1.0" => true,
        other if other.starts_with(b"HTTP/") => return Err(ProtocolFault::Version),
        _ => return Err(ProtocolFault::RequestLine),
    };
    if method.eq_ignore_ascii_case(b"CONNECT") {
        return Err(ProtocolFault::Connect);
    }
    Ok(RequestLine { authority: check_target(target)?, is_probe: is_probe(method, target), is_old })
}

fn is_probe(method: &[u8], target: &[u8]) -> bool {
    let path = target.split(|byte| *byte == b'?').next().unwrap_or_default();
    matches!(method, b"GET" | b"HEAD" | b"OPTIONS")
        && str::from_utf8(path).is_ok_and(crate::web::is_probe)
}

/// Checks a target and returns its authority when it has one.
fn check_target(target: &[u8]) -> Result<Option<&[u8]>, ProtocolFault> {
    if target.len() > MAX_TARGET {
        return Err(ProtocolFault::TargetTooLong);
    }
    if !target.iter().all(|byte| is_target(*byte)) {
        return Err(ProtocolFault::Target);
    }
    if target.starts_with(b"/") {
        return Ok(None);
    }
    let rest = strip_scheme(target).ok_or(ProtocolFault::Target)?;
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?')).unwrap_or(rest.len());
    if rest.get(end) == Some(&b'?') || !is_host(&rest[..end]) {
        return Err(ProtocolFault::Target);
    }
    Ok(Some(&rest[..end]))
}

fn strip_scheme(target: &[u8]) -> Option<&[u8]> {
    let strip = |scheme: &[u8]| {
        let (start, rest) = target.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    };
    strip(b"http://").or_else(|| strip(b"https://"))
}

/// Says whether `host` is a host name or address with an optional port.
pub(super) fn is_host(host: &[u8]) -> bool {
    let Ok(host) = str::from_utf8(host) else { return false };
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, rest)) if address.parse::<std::net::Ipv6Addr>().is_ok() => ("v6", rest),
            _ => return false,
        },
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let is_port = |port: &str| {
        port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok()
    };
    !name.is_empty()
        && name.chars().all(is_name)
        && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}

/// Says whether a byte may be in a method or a field name.
pub(super) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn is_target(byte: u8) -> bool {
    // Brackets, braces and the bar stand encoded in RFC 3986, but clients send them, and they can be read in
    // one way only. A backslash stays out: it is a slash to some.
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?%[]{}|".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_that_passes_is_one_for_hyper_too() {
        for byte in (0..=255).filter(|byte| is_target(*byte)) {
            let target = format!("/a{0}b?c={0}", char::from(byte));
            assert!(target.parse::<http::Uri>().is_ok(), "{target}");
        }
    }

    #[test]
    fn every_host_that_passes_is_an_authority_for_hyper_too() {
        for host in ["a", "a.b:80", "127.0.0.1:8080", "[::1]", "[::1]:80", "a_b"] {
            assert!(is_host(host.as_bytes()), "{host}");
            assert!(format!("http://{host}/").parse::<http::Uri>().is_ok(), "{host}");
        }
        for host in ["", ":80", "a:", "a:b", "a:70000", "[::1", "[::g]", "a b", "a,b", "a/b", "u@a"]
        {
            assert!(!is_host(host.as_bytes()), "{host}");
        }
    }
}
