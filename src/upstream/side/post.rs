//! Messages to an address that an operator named, sent without any key.

use super::{SideError, client};
use bytes::Bytes;
use http::{StatusCode, Uri};
use std::fmt;

/// So much of an answer is read, and thrown away: receivers may mind a connection that is cut off.
const MOST_READ: usize = 4 * 1024;

/// Posts messages. It has no key, no cookies, no proxy, and follows nothing: who could redirect it would
/// choose where it connects to. Clones share its settings.
#[derive(Clone)]
pub struct SidePost(reqwest::Client);

impl SidePost {
    /// Prepares it; connects to nothing yet. It trusts the public authorities alone.
    pub fn new() -> Result<Self, SideError> {
        Ok(Self(client::without_key()?))
    }

    /// Posts once and returns the status of the answer, whatever it is; 10 seconds at most.
    pub async fn post(
        &self,
        url: &Uri,
        headers: Vec<(&'static str, String)>,
        body: Bytes,
    ) -> Result<StatusCode, SideError> {
        let mut request = self.0.post(url.to_string()).body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut response = request.send().await.map_err(client::broken)?;
        let (status, mut read) = (response.status(), 0);
        // Its status is what counts; an answer that breaks off behind it changes nothing.
        while read < MOST_READ
            && let Ok(Some(chunk)) = response.chunk().await
        {
            read += chunk.len();
        }
        Ok(status)
    }
}

impl fmt::Debug for SidePost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SidePost")
    }
}
