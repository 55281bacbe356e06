//! What a script says.

use crate::simulator::webhooks::Twist;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Tells the stand-in how to behave for some of the next calls.
///
/// ```
/// use ideogate::simulator::{Act, Script};
///
/// // The second and third call to this path are answered, but not to the end.
/// let script = Script::new(Act::ResetAfter { bytes: 20 })
///     .on("POST /v1/ideogram-v3/generate")
///     .skipping(1)
///     .times(2);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// What is done.
    pub act: Act,
    /// The calls it is for: a path, with `*` at its end for all that start so, after a method and
    /// a blank if only that method is meant. None is for all.
    #[serde(default)]
    pub path: Option<String>,
    /// How many matching calls go by untouched first.
    #[serde(default)]
    pub skip: u32,
    /// How many calls it is for.
    #[serde(default = "once")]
    pub times: u32,
    /// How much longer the call takes, in milliseconds.
    #[serde(default)]
    pub delay_ms: u64,
    /// How its webhook goes, if it has one.
    #[serde(default)]
    pub webhook: Option<Twist>,
}

/// What is done with a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    /// The call is done as usual; for delays.
    Usual,
    /// The work ends only when `release` is called; its places stay taken.
    Hold,
    /// The work fails and is not billed: 500, or a failed generation.
    Fail,
    /// The request is read, and the connection is reset. Nothing is done or billed.
    ResetUnanswered,
    /// The work is done and billed, and the connection is reset after so many bytes of the answer,
    /// head and body counted.
    ResetAfter {
        /// How many bytes go out; 0 resets before the first.
        bytes: u64,
    },
    /// The work is done and billed, and the connection is closed after so many bytes of the body,
    /// of which the head announces more.
    Truncate {
        /// How many bytes of the body go out.
        bytes: u64,
    },
    /// The work is done and billed, and its answer dribbles out.
    Trickle {
        /// How many bytes of the body go out at once.
        bytes: usize,
        /// How long the pause before each is, in milliseconds.
        every_ms: u64,
    },
    /// The work is done and billed, and its answer is compressed although nobody asked for it.
    Gzip,
    /// The work is done and billed, and the idle connection is closed after the answer.
    CloseAfterAnswer,
    /// The call is not done; this is answered.
    Answer {
        /// The status; one below 200 goes out as it is, and the connection is closed.
        status: u16,
        /// Headers.
        #[serde(default)]
        headers: Vec<(String, String)>,
        /// The body; none is the usual body for the status.
        #[serde(default)]
        body: Option<String>,
    },
    /// The call is not done; its own headers are answered, the key among them.
    Echo {
        /// The status.
        status: u16,
        /// How the values are written.
        encoding: Encoding,
    },
    /// The call is not done; so many bytes of JSON are answered.
    Huge {
        /// How many bytes the body has.
        bytes: u64,
    },
    /// The call takes its places and is never answered; they are freed when the connection ends.
    Hang,
    /// The call is not done; these bytes go out as they are, and the connection is closed.
    Raw {
        /// What goes out.
        text: String,
    },
}

/// How echoed values are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// As plain text.
    Raw,
    /// As JSON strings.
    Json,
    /// As JSON strings, every letter as `\u….`
    JsonUnicode,
    /// Percent-encoded where a URL needs it.
    Url,
    /// Percent-encoded throughout.
    UrlAll,
    /// Each value in base64.
    Base64,
    /// All headers together in base64, so that a value may start anywhere within three bytes.
    Base64Whole,
}

/// The number of calls that a script is for unless it says so.
fn once() -> u32 {
    1
}

impl Script {
    /// Returns a script for the next call.
    pub fn new(act: Act) -> Self {
        Self { act, path: None, skip: 0, times: 1, delay_ms: 0, webhook: None }
    }

    /// Is for calls to `path` only; see the field.
    #[must_use]
    pub fn on(mut self, path: &str) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    /// Lets `count` matching calls go by first.
    #[must_use]
    pub fn skipping(mut self, count: u32) -> Self {
        self.skip = count;
        self
    }

    /// Is for `count` calls.
    #[must_use]
    pub fn times(mut self, count: u32) -> Self {
        self.times = count;
        self
    }

    /// Is for all calls until the next reset.
    #[must_use]
    pub fn always(self) -> Self {
        self.times(u32::MAX)
    }

    /// Makes the call take longer.
    #[must_use]
    pub fn delayed(mut self, delay: Duration) -> Self {
        self.delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self
    }

    /// Has the call's webhook go otherwise.
    #[must_use]
    pub fn webhook(mut self, twist: Twist) -> Self {
        self.webhook = Some(twist);
        self
    }

    /// Returns whether it is for calls like this one.
    ///
    /// The query is not part of the path.
    pub(super) fn is_for(&self, method: &str, path: &str) -> bool {
        let Some(wanted) = &self.path else { return true };
        let wanted = match wanted.split_once(' ') {
            Some((only, wanted)) if only == method => wanted,
            Some(_) => return false,
            None => wanted,
        };
        wanted.strip_suffix('*').map_or(path == wanted, |start| path.starts_with(start))
    }
}

impl Act {
    /// Returns the act that answers `status` with the body that is usual for it.
    pub fn status(status: u16) -> Self {
        Self::Answer { status, headers: Vec::new(), body: None }
    }

    /// Returns the act that answers `status` with `body` as JSON.
    pub fn json(status: u16, body: &str) -> Self {
        Self::Answer { status, headers: Vec::new(), body: Some(body.to_owned()) }
            .with("content-type", "application/json")
    }

    /// Returns the act that answers `status` with a page of HTML, as balancers do.
    pub fn page(status: u16) -> Self {
        let body = format!("<html><body><h1>{status}</h1></body></html>");
        Self::Answer { status, headers: Vec::new(), body: Some(body) }
            .with("content-type", "text/html")
    }

    /// Returns the act that sends the client elsewhere.
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::Answer { status, headers: Vec::new(), body: Some(String::new()) }
            .with("location", location)
    }

    /// Returns the same act with one header more, where it answers by itself.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }
}
