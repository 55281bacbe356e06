//! An answer as it goes over the wire, for connections on which nobody speaks HTTP yet.

use super::problem::Problem;
use crate::domain::RequestId;
use std::fmt::Write;

impl Problem {
    /// Writes the answer as it goes over the wire.
    pub(super) fn written(self) -> String {
        let id = RequestId::random();
        let json = self.json(&id);
        let response = self.into_response(&id);
        let mut text = format!("HTTP/1.1 {}\r\n", response.status());
        for (name, value) in response.headers() {
            write!(text, "{name}: {}\r\n", value.to_str().unwrap_or_default()).unwrap_or_default();
        }
        format!("{text}content-length: {}\r\n\r\n{json}", json.len())
    }
}
