//! Pages that the gateway shows to whoever asks: programs, terminals and browsers.

use super::body::Body;
use http::{HeaderMap, HeaderValue, Response, header};

/// Forms that a page comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PageFormat {
    Json,
    Html,
    Text,
}

impl PageFormat {
    /// Returns the form that `Accept` names; browsers name HTML, people with a terminal seldom anything.
    pub(super) fn preferred(headers: &HeaderMap) -> Option<Self> {
        let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
        // Weights are not weighed: a browser does not name JSON, and whoever names it can read it.
        let accepts =
            |kind| accept.unwrap_or_default().split([',', ';']).any(|one| one.trim() == kind);
        match () {
            () if accepts("application/json") => Some(Self::Json),
            () if accepts("text/html") => Some(Self::Html),
            () if accepts("text/plain") => Some(Self::Text),
            () => None,
        }
    }
}

/// Returns a page that is one of several forms at its path, and that no browser takes for more than it is.
pub(super) fn page(kind: &'static str, text: impl Into<bytes::Bytes>) -> Response<Body> {
    let mut response = Response::new(Body::full(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    // One path has several forms: a cache must not hand the page of a browser to a program.
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Returns the beginning of a page of HTML, up to its content.
pub(super) fn html_head(title: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem}}\
         pre{{white-space:pre-wrap}}code{{background:#8882;padding:.1em .3em}}</style>"
    )
}

/// Returns a text as the content of a page of HTML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
