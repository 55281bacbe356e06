//! Where the gateway's own answers say that help is.

use crate::domain::ErrorCode;
use http::HeaderValue;
use std::sync::Arc;

/// Where each code is explained, followed by the code.
pub const ERRORS_PATH: &str = "/_ideogate/errors";

/// Where the page for those who write apps is.
pub const APPS_PATH: &str = "/_ideogate/apps";

/// The links of an answer to the pages that help with it.
///
/// They begin with the public URL where the settings name one. Elsewhere they are paths, for only the client
/// knows under which name it reached the gateway.
#[derive(Debug, Clone, Default)]
pub struct HelpLinks {
    public_url: Arc<str>,
}

impl HelpLinks {
    /// Returns the links of a gateway that is reached at `public_url`, as in `https://images.example.com`.
    pub fn new(public_url: Option<&str>) -> Self {
        Self { public_url: public_url.unwrap_or_default().into() }
    }

    /// Returns the link to the page of a code.
    pub fn error(&self, code: ErrorCode) -> String {
        format!("{}{ERRORS_PATH}/{code}", self.public_url)
    }

    /// Returns the link to the page for those who write apps.
    pub fn apps(&self) -> String {
        format!("{}{APPS_PATH}", self.public_url)
    }

    /// Returns that link as the header `Link` tells it (RFC 8288), unless the public URL fits no header.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::try_from(format!("<{}>; rel=\"help\"", self.apps())).ok()
    }
}
