//! Who can do more than they do: found from the record, and taken away by the commands that are told.

mod commands;
mod facts;
mod remedies;

use crate::support::{Client, TestApp, TestSettings};
use ideogate::tokens::NewToken;
use serde_json::{Value, json};
use std::time::Duration;

const GENERATE: &str = "/v1/ideogram-v3/generate";
const DAY: Duration = Duration::from_hours(24);

/// Environment `app` with a budget, so that what is found is about other things.
async fn reviewed() -> TestApp {
    reviewed_with("").await
}

async fn reviewed_with(toml: &str) -> TestApp {
    let toml = format!("[environments.app]\ndaily_budget = \"50.00\"\n{toml}");
    TestApp::with(TestSettings { toml, ..TestSettings::default() }).await
}

async fn token(app: &TestApp, environment: &str, scopes: &[&str]) -> Client {
    let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    let new = NewToken {
        environment: environment.to_owned(),
        name: "poster-bot".to_owned(),
        scopes,
        ..NewToken::default()
    };
    app.client_of(new).await
}

async fn picture(client: &Client) {
    let reply = client.post(GENERATE, &json!({"prompt": "a heron"})).await;
    assert_eq!(reply.status, 200, "{reply:?}");
}

/// Returns the findings but for the one key that all environments of the tests share.
async fn findings(app: &TestApp, query: &str) -> Vec<Value> {
    let all = all_findings(app, query).await.into_iter();
    all.filter(|finding| finding["kind"] != "shared_key" && finding["kind"] != "key_age").collect()
}

async fn all_findings(app: &TestApp, query: &str) -> Vec<Value> {
    let review = app.ask(&format!("/api/v1/review{query}")).await;
    review["findings"].as_array().unwrap_or_else(|| panic!("{review}")).clone()
}

/// Returns `severity kind` of each finding.
fn kinds(findings: &[Value]) -> Vec<String> {
    let kind = |finding: &Value| {
        format!("{} {}", finding["severity"].as_str().unwrap(), finding["kind"].as_str().unwrap())
    };
    findings.iter().map(kind).collect()
}
