//! What can be wrong with a request before anyone looks at what it asks for.

use crate::domain::ErrorCode;

/// The most header fields of a request.
pub(super) const MAX_FIELDS: usize = 64;
/// The most bytes of a request's head.
pub(super) const MAX_HEAD: usize = 32 * 1024;
/// The most bytes of a request's target.
pub(super) const MAX_TARGET: usize = 8 * 1024;

/// A request that the door refuses to read any further; its connection is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ProtocolFault {
    /// The first line is not `METHOD target HTTP/1.1`.
    #[error("the request line is not 'METHOD target HTTP/1.1'")]
    RequestLine,
    /// Another version of HTTP.
    #[error("only HTTP/1.1 and HTTP/1.0 are spoken here")]
    Version,
    /// A request for a tunnel.
    #[error("CONNECT is not offered: this is a gateway to one API, not a forward proxy")]
    Connect,
    /// A target with characters that do not belong into one, or in a form that is not offered.
    #[error("the request target is not a path")]
    Target,
    /// A target that names another host than `Host` does.
    #[error("the request target and 'Host' name different hosts")]
    TargetElsewhere,
    /// A target beyond the limit.
    #[error("path and query are longer than {MAX_TARGET} bytes")]
    TargetTooLong,
    /// A line that ends in LF alone.
    #[error("a line of the header ends without CR")]
    BareLineFeed,
    /// A CR in the midst of a line.
    #[error("a line of the header has a CR in its midst")]
    BareReturn,
    /// A field that goes on on the next line.
    #[error("a header field is folded over two lines")]
    Folded,
    /// A field name with characters that do not belong into one, or with a space before the colon.
    #[error("a header field has no proper name")]
    FieldName,
    /// A field value with control characters.
    #[error("a header field has control characters in its value")]
    FieldValue,
    /// No `Host`.
    #[error("'Host' is missing")]
    HostMissing,
    /// More than one `Host`.
    #[error("'Host' is there more than once")]
    HostRepeated,
    /// A `Host` that is no host.
    #[error("'Host' is not a host name with an optional port")]
    HostMalformed,
    /// More than one `Content-Length`, even if equal.
    #[error("'Content-Length' is there more than once")]
    LengthRepeated,
    /// A `Content-Length` that is no number.
    #[error("'Content-Length' is not a number")]
    LengthMalformed,
    /// Both ways to say how long the body is.
    #[error("'Content-Length' and 'Transfer-Encoding' are both there")]
    LengthAndEncoding,
    /// A `Transfer-Encoding` that is repeated, not `chunked`, or in HTTP/1.0.
    #[error("'Transfer-Encoding' is not exactly 'chunked'")]
    Encoding,
    /// A wish to speak another protocol.
    #[error("'Upgrade' is not offered: tell the client to speak HTTP/1.1 only")]
    Upgrade,
    /// An expectation other than `100-continue`.
    #[error("'Expect' is not '100-continue'")]
    Expectation,
    /// More fields than are read.
    #[error("there are more than {MAX_FIELDS} header fields")]
    TooManyFields,
    /// A head beyond the limit.
    #[error("the header is larger than {MAX_HEAD} bytes")]
    HeadTooLarge,
    /// A head that did not arrive in time.
    #[error("the header did not arrive in time")]
    HeadTimeout,
    /// A chunked body that breaks its own rules.
    #[error("the chunked body is malformed")]
    Chunks,
}

impl ProtocolFault {
    /// Returns the code that the client sees.
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::TargetElsewhere
            | Self::Folded
            | Self::HostRepeated
            | Self::LengthRepeated
            | Self::LengthAndEncoding => ErrorCode::AmbiguousRequest,
            Self::Connect => ErrorCode::MethodNotAllowed,
            Self::TargetTooLong => ErrorCode::UriTooLong,
            Self::Expectation => ErrorCode::ExpectationFailed,
            Self::TooManyFields | Self::HeadTooLarge => ErrorCode::HeadersTooLarge,
            Self::HeadTimeout => ErrorCode::BodyTimeout,
            _ => ErrorCode::MalformedRequest,
        }
    }

    /// Returns the header field that is at fault, where it is one.
    pub const fn field(self) -> Option<&'static str> {
        match self {
            Self::HostMissing | Self::HostRepeated | Self::HostMalformed => Some("Host"),
            Self::LengthRepeated | Self::LengthMalformed | Self::LengthAndEncoding => {
                Some("Content-Length")
            }
            Self::Encoding => Some("Transfer-Encoding"),
            Self::Upgrade => Some("Upgrade"),
            Self::Expectation => Some("Expect"),
            _ => None,
        }
    }
}
