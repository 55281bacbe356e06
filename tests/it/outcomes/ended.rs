//! One call for two pictures, and everything that can be seen of its end.

use crate::support::{Client, Reply, TestApp, TestSettings};
use ideogate::{
    domain::RequestId,
    simulator::{Act, Script},
};
use serde_json::{Value, json};
use std::fmt;

pub(crate) const GENERATE: &str = "/v1/ideogram-v3/generate";

/// Returns a request for two pictures.
pub(crate) fn body() -> Value {
    json!({"prompt": "a lighthouse", "num_images": 2})
}

/// A call that ended.
pub(super) struct Ended {
    pub(super) app: TestApp,
    pub(super) client: Client,
    pub(super) reply: Reply,
}

impl Ended {
    /// Makes a call at which Ideogram acts like this.
    pub(super) async fn after(act: Act) -> Self {
        Self::with("", Some(act)).await
    }

    /// Makes a call with these settings.
    pub(super) async fn with(toml: &str, act: Option<Act>) -> Self {
        let settings = TestSettings { toml: toml.to_owned(), ..TestSettings::default() };
        let app = TestApp::with(settings).await;
        let client = app.client().await;
        if let Some(act) = act {
            app.ideogram.script(Script::new(act).on(GENERATE));
        }
        let reply = client.post(GENERATE, &body()).await;
        Self { app, client, reply }
    }

    /// Returns what the client is told: by whom, and whether to try again.
    pub(super) fn told(&self) -> String {
        let status = match self.reply.header("ideogate-error-source") {
            Some("gateway") => self.reply.problem(),
            source => format!("{} from {}", self.reply.status, source.unwrap_or("ideogram")),
        };
        let retry = self.reply.header("x-should-retry").map_or("", |_| ", do not retry");
        format!("{status}{retry}")
    }

    /// Returns what arrived at Ideogram, by number of requests to the route, and what it billed.
    pub(super) fn arrived(&self) -> String {
        let seen = self.app.ideogram.seen();
        let sent = seen.calls.iter().filter(|call| call.path_and_query == GENERATE).count();
        let others = seen.calls.len() - sent;
        let others = if others > 0 { format!(" and {others} others") } else { String::new() };
        format!("sent {sent}{others}, billed {}", self.app.ideogram.billed_images())
    }

    /// Returns what the record says.
    pub(super) fn recorded(&self) -> String {
        let entries = self.app.sent_entries();
        assert_eq!(entries.len(), 1, "{entries:?}");
        let (entry, told) = (&entries[0], &self.reply);
        let metadata = &entry.metadata;
        assert_eq!(metadata.status, Some(told.status), "{entry:?}");
        assert_eq!(metadata.token_id.as_ref(), Some(self.client.id()), "{entry:?}");
        let request = metadata.request_id.as_ref().map(RequestId::as_str);
        assert_eq!(request, told.header("ideogate-request-id"), "{entry:?}");
        let status = metadata.upstream_status.map_or("-".to_owned(), |status| status.to_string());
        let reason = metadata.more.reason.as_deref().unwrap_or("-");
        format!("{} after {status}: {reason}", metadata.outcome.as_str())
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (in_use, held, queued) = self.app.places();
        assert_eq!((in_use, queued), (held, 0), "nothing runs any more");
        let told = self.told();
        let (arrived, recorded) = (self.arrived(), self.recorded());
        write!(f, "{told} | {arrived} | held {held} | {recorded}")
    }
}
