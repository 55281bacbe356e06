//! Why a connection did not get as far as TLS.

use rustls::Error;
use std::io;

/// Why a handshake failed, in as few ways as somebody would act upon differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HandshakeFailure {
    /// The client spoke plain HTTP.
    PlainHttp,
    /// The client speaks no version of TLS, or no cipher, that is served.
    Incompatible,
    /// The client speaks another protocol than HTTP/1.1.
    Protocol,
    /// The client refused, mostly because it does not trust the certificate.
    RefusedByClient,
    /// What came is not TLS.
    NotTls,
    /// The client went away before the end.
    Gone,
    /// The client took too long.
    Timeout,
}

impl HandshakeFailure {
    /// Returns the word in the metric.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::PlainHttp => "plain_http",
            Self::Incompatible => "incompatible",
            Self::Protocol => "protocol",
            Self::RefusedByClient => "refused_by_client",
            Self::NotTls => "not_tls",
            Self::Gone => "gone",
            Self::Timeout => "timeout",
        }
    }

    /// Finds the reason of a failed handshake.
    pub(super) fn from_io(error: &io::Error) -> Self {
        let said = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
        match said {
            Some(Error::NoApplicationProtocol) => Self::Protocol,
            Some(Error::AlertReceived(_)) => Self::RefusedByClient,
            Some(Error::PeerIncompatible(_)) => Self::Incompatible,
            Some(_) => Self::NotTls,
            None => Self::Gone,
        }
    }
}
