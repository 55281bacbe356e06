//! How a listener words what it answers before anyone else sees the request.

use super::{help::HelpLinks, problem::ClientError};
use crate::domain::RequestId;
use http::Response;
use std::fmt::Write;

/// Writes a problem as the clients of a listener read problems; [`ClientError::to_response`] is one way.
pub type ProblemWriter = fn(&ClientError, &RequestId, &HelpLinks) -> Response<String>;

/// The words of a listener for problems, and where they say that help is.
#[derive(Debug, Clone)]
pub struct Wording {
    writer: ProblemWriter,
    links: HelpLinks,
}

impl Default for Wording {
    /// Returns the words of the data plane, for a gateway without a public URL.
    fn default() -> Self {
        Self::new(ClientError::to_response, HelpLinks::default())
    }
}

impl Wording {
    /// Returns the words of a listener.
    pub fn new(writer: ProblemWriter, links: HelpLinks) -> Self {
        Self { writer, links }
    }

    /// Words a problem.
    pub(super) fn answer(&self, problem: &ClientError, request: &RequestId) -> Response<String> {
        (self.writer)(problem, request, &self.links)
    }

    /// Writes an answer as it goes over the wire, for connections on which nobody speaks HTTP yet.
    pub(super) fn on_the_wire(&self, problem: &ClientError) -> String {
        let response = self.answer(problem, &RequestId::random());
        let mut text = format!("HTTP/1.1 {}\r\n", response.status());
        for (name, value) in response.headers() {
            write!(text, "{name}: {}\r\n", value.to_str().unwrap_or_default()).unwrap_or_default();
        }
        let body = response.body();
        format!("{text}content-length: {}\r\n\r\n{body}", body.len())
    }
}
