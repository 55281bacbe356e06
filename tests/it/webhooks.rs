//! Webhooks that the gateway receives: what ends a generation, and all that does not.

use crate::support::{Client, Reply, TestApp, TestSettings, eventually};
use ideogate::simulator::{Act, Delivers, Script, SignedAs, WEBHOOK_USER};
use serde_json::json;

mod billed;
mod commit;
mod delivered;
mod early;
mod keys;
mod modes;
mod refused;
mod replayed;
mod shared;

const SUBMIT: &str = "/v1/ideogram-v4/async/generate";
const PATH: &str = "/webhooks/ideogram";
const JWKS: &str = "/v1/.well-known/jwks.json";
const RECEIVE: &str = "[accounts.ideogram]\nwebhooks = \"receive\"\n";

/// Returns a gateway that receives webhooks of its account, with more settings on top.
async fn receiving(toml: &str) -> TestApp {
    let toml = format!("{RECEIVE}{toml}");
    TestApp::with(TestSettings { toml, delivers: Delivers::Loopback, ..TestSettings::default() })
        .await
}

/// Submits a generation without naming any address, and returns its name.
async fn submit(client: &Client) -> String {
    let reply = client.post(SUBMIT, &json!({"text_prompt": "a lighthouse"})).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()["generation_id"].as_str().unwrap().to_owned()
}

/// Returns a gateway at whose Ideogram a generation was submitted that never ends by itself: what ends
/// it here is a webhook.
async fn submitted() -> (TestApp, Client, String) {
    let app = receiving("").await;
    let (client, id) = submitted_at(&app).await;
    (app, client, id)
}

async fn submitted_at(app: &TestApp) -> (Client, String) {
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold).on(&format!("POST {SUBMIT}")));
    let id = submit(&client).await;
    assert_eq!(app.places(), (1, 1, 0));
    (client, id)
}

/// A delivery as it goes over the wire.
#[derive(Debug, Clone)]
struct Parcel {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Parcel {
    /// Returns the delivery that the vendor would send now.
    fn of(app: &TestApp, id: &str) -> Self {
        Self::signed(app, id, WEBHOOK_USER, seconds(app))
    }

    fn signed(app: &TestApp, id: &str, user: &str, at: i64) -> Self {
        let body = json!({
            "generation_id": id,
            "created": app.now().to_string(),
            "data": [{"url": "https://ideogram.ai/api/images/ephemeral/secret.png?exp=1&sig=ab",
                "prompt": "a lighthouse", "resolution": "2048x2048", "seed": 1,
                "is_image_safe": true}],
        });
        Self::with_body(app, id, user, at, body.to_string().into_bytes())
    }

    fn with_body(app: &TestApp, id: &str, user: &str, at: i64, body: Vec<u8>) -> Self {
        let headers = app.ideogram.sign_webhook(SignedAs { generation: id, user, at }, &body);
        let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { headers, body }
    }

    /// Returns the same with another value of a header.
    fn with(mut self, name: &str, value: &str) -> Self {
        let header = self.headers.iter_mut().find(|(known, _)| known == name).unwrap();
        value.clone_into(&mut header.1);
        self
    }

    /// Returns the value of a header.
    fn header(&self, name: &str) -> &str {
        &self.headers.iter().find(|(known, _)| known == name).unwrap().1
    }

    async fn post(&self, app: &TestApp) -> Reply {
        // No token of ours: whoever delivers has none.
        let client = Client::new(app.url(), "");
        let mut request = client.bare("POST", PATH).body(self.body.clone());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        client.send(request).await
    }

    /// Posts it and returns `status code` of a refusal, or `status word` of what was accepted.
    async fn told(&self, app: &TestApp) -> String {
        let reply = self.post(app).await;
        if reply.status != 200 {
            return reply.problem();
        }
        format!("200 {}", reply.json()["status"].as_str().unwrap())
    }
}

fn seconds(app: &TestApp) -> i64 {
    app.now().as_micros() / 1_000_000
}

/// Returns how often the vendor's keys were asked for.
fn key_fetches(app: &TestApp) -> usize {
    app.ideogram.seen().calls.iter().filter(|call| call.path() == JWKS).count()
}

/// Returns why the last entry of a sent call says that it ended as it did.
fn reason(app: &TestApp) -> Option<String> {
    let entry = app.sent_entries().pop().unwrap();
    entry.metadata.more.reason.map(String::from)
}

/// Asserts that a generation is as pending as it was.
async fn still_pending(app: &TestApp) {
    assert_eq!(app.places(), (1, 1, 0), "its place is held");
    let pending = app.running.reader().pending_generations().unwrap();
    assert_eq!(pending.len(), 1);
    assert_eq!(reason(app).as_deref(), Some("generation_pending"));
    let received = app.all_entries().into_iter().any(|entry| &*entry.action == "webhook.received");
    assert!(!received, "a delivery is on record as received");
    eventually("a moment", || true).await;
}
