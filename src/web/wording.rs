//! How a listener words what it answers before anyone else sees the request.

use super::problem::ClientError;
use crate::domain::RequestId;
use http::Response;
use std::fmt::Write;

/// Words a problem as the clients of a listener read problems; [`ClientError::to_response`] is one way.
pub type Wording = fn(&ClientError, &RequestId) -> Response<String>;

/// Writes an answer as it goes over the wire, for connections on which nobody speaks HTTP yet.
pub(super) fn written(problem: &ClientError, wording: Wording) -> String {
    let response = wording(problem, &RequestId::random());
    let mut text = format!("HTTP/1.1 {}\r\n", response.status());
    for (name, value) in response.headers() {
        write!(text, "{name}: {}\r\n", value.to_str().unwrap_or_default()).unwrap_or_default();
    }
    let body = response.body();
    format!("{text}content-length: {}\r\n\r\n{body}", body.len())
}
