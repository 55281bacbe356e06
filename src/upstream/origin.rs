//! Where a key may go.

use http::{HeaderValue, Uri, uri::Scheme};
use rustls::pki_types::ServerName;
use std::net::{IpAddr, SocketAddr};

/// A scheme, a host and a port; what a key is bound to.
#[derive(Debug, Clone)]
pub(super) struct UpstreamOrigin {
    host: Box<str>,
    port: u16,
    header: HeaderValue,
    tls: Option<ServerName<'static>>,
}

/// A base URL names no origin that a key may go to. Does not repeat the URL.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum OriginError {
    /// Neither `http` nor `https`.
    #[error("the base URL is neither https nor http")]
    Scheme,
    /// A user, a path or a query where only a host and a port may be.
    #[error("the base URL has more than a scheme, a host and a port")]
    MoreThanAnOrigin,
    /// No host, or none that can be looked up.
    #[error("the base URL has no usable host")]
    Host,
    /// Plain HTTP beyond this machine.
    #[error("plain http is only for loopback")]
    PlainHttp,
}

impl UpstreamOrigin {
    /// Reads an origin; plain HTTP only to a host that is loopback by name or number. A path of `/`
    /// counts as none. Nothing is looked up here.
    pub(super) fn parse(url: &Uri) -> Result<Self, OriginError> {
        let authority = url.authority().ok_or(OriginError::Host)?;
        // Looked for in the text, since `host` passes over a user without a word.
        let extra = authority.as_str().contains('@') || url.query().is_some();
        if extra || !matches!(url.path(), "" | "/") {
            return Err(OriginError::MoreThanAnOrigin);
        }
        // The brackets of an IPv6 address belong to the URL, and neither a lookup nor a certificate
        // knows them.
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let (tls, port) = match url.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => {
                let name = ServerName::try_from(host.to_owned()).map_err(|_| OriginError::Host)?;
                (Some(name), 443)
            }
            Some(scheme) if *scheme == Scheme::HTTP && is_loopback(host) => (None, 80),
            Some(scheme) if *scheme == Scheme::HTTP => return Err(OriginError::PlainHttp),
            _ => return Err(OriginError::Scheme),
        };
        let header = match authority.port_u16() {
            Some(explicit) if explicit != port => authority.as_str(),
            _ => authority.host(),
        };
        Ok(Self {
            host: host.into(),
            port: authority.port_u16().unwrap_or(port),
            header: header.parse().map_err(|_| OriginError::Host)?,
            tls,
        })
    }

    /// Returns host and port as they are looked up.
    pub(super) fn address(&self) -> (&str, u16) {
        (&self.host, self.port)
    }

    /// Returns the value of the `Host` header. It has no port where that is the usual one of the
    /// scheme, as RFC 9110 has it in section 4.2.3.
    pub(super) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// Returns the name that the certificate must carry; `None` for plain HTTP.
    pub(super) fn tls(&self) -> Option<&ServerName<'static>> {
        self.tls.as_ref()
    }

    /// Returns whether bytes may be sent to `address`. A name that only looks like loopback must
    /// not carry the key in the clear to another machine.
    pub(super) fn allows(&self, address: &SocketAddr) -> bool {
        self.tls.is_some() || address.ip().is_loopback()
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(url: &str) -> Result<UpstreamOrigin, OriginError> {
        UpstreamOrigin::parse(&url.parse().unwrap())
    }

    #[test]
    fn the_host_header_has_a_port_only_where_it_is_not_the_usual_one() {
        for (url, header) in [
            ("https://api.ideogram.ai", "api.ideogram.ai"),
            ("https://api.ideogram.ai:443/", "api.ideogram.ai"),
            ("https://api.ideogram.ai:8443", "api.ideogram.ai:8443"),
            ("http://127.0.0.1:9000", "127.0.0.1:9000"),
            ("http://[::1]:9000", "[::1]:9000"),
        ] {
            assert_eq!(origin(url).unwrap().header(), header, "{url}");
        }
    }

    #[test]
    fn plain_http_goes_to_loopback_only() {
        for url in ["http://api.ideogram.ai", "http://10.0.0.1:80", "http://localhost.evil.test"] {
            assert_eq!(origin(url).unwrap_err(), OriginError::PlainHttp, "{url}");
        }
        let local = origin("http://localhost:1").unwrap();
        assert!(local.allows(&"127.0.0.1:1".parse().unwrap()));
        assert!(!local.allows(&"10.0.0.1:1".parse().unwrap()));
    }

    #[test]
    fn a_base_url_with_more_than_an_origin_is_refused() {
        for url in ["https://u:p@api.ideogram.ai", "https://a.test/v1", "https://a.test/?q"] {
            assert_eq!(origin(url).unwrap_err(), OriginError::MoreThanAnOrigin, "{url}");
        }
        assert_eq!(origin("ftp://a.test").unwrap_err(), OriginError::Scheme);
        assert_eq!(origin("/only/a/path").unwrap_err(), OriginError::Host);
    }
}
