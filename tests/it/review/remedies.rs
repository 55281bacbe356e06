//! Every command that a review tells is run, and what it was told for is gone.

use super::{DAY, GENERATE, findings, kinds, picture, reviewed_with, token};
use crate::support::TestApp;
use clap::Parser;
use ideogate::{
    cli::Cli,
    domain::Principal,
    tokens::{Asked, AskedLimits, NewToken, RotationRequest},
};
use serde_json::{Value, json};
use std::process::Stdio;
use tokio::process::Command;

/// Runs a command as a shell would, with the binary, against this gateway.
async fn run(app: &TestApp, command: &str) {
    let words: Vec<_> = command.split(' ').map(|word| word.trim_matches('\'')).collect();
    assert!(Cli::try_parse_from(&words).is_ok(), "{command}");
    let told = Command::new(env!("CARGO_BIN_EXE_ideogate"))
        .args(&words[1..])
        .env_clear()
        .env("IDEOGATE_ADMIN", app.running.socket())
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    assert!(told.status.success(), "{command}: {}", String::from_utf8_lossy(&told.stderr));
}

/// Runs what is told about each finding, one after the other, and asserts that each is gone then.
async fn remedy_all(app: &TestApp, expected: &[&str]) {
    let found = findings(app, "").await;
    assert_eq!(kinds(&found), expected);
    for finding in &found {
        let command = finding["command"].as_str().unwrap();
        let is_same = |other: &Value| {
            other["kind"] == finding["kind"] && other["subject"] == finding["subject"]
        };
        run(app, command).await;
        let left = findings(app, "").await;
        assert!(!left.iter().any(is_same), "{command} left {left:?}");
    }
    assert_eq!(kinds(&findings(app, "").await), Vec::<String>::new());
}

const OPEN_PROD: &str = "[environments.prod]\nscopes = [\"read:*\", \"write:*\"]\n";

async fn budgeted(app: &TestApp, scopes: &[&str], more: NewToken) -> crate::support::Client {
    let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    let name = "poster-bot".to_owned();
    app.client_of(NewToken { environment: "app".to_owned(), name, scopes, ..more }).await
}

#[tokio::test]
async fn unused_scopes_are_reduced_to_what_was_used() {
    let app = reviewed_with("").await;
    let all = token(&app, "app", &["read:*", "write:*"]).await;
    let named = token(&app, "app", &["write:generate", "write:edit", "read:models"]).await;
    app.clock.advance(DAY * 31);
    picture(&all).await;
    picture(&named).await;
    assert_eq!(all.get("/models").await.status, 200);
    remedy_all(&app, &["medium unused_scopes", "medium unused_scopes"]).await;
    picture(&all).await;
    picture(&named).await;
    assert_eq!(all.get("/models").await.status, 200);
    assert_eq!(named.get("/models").await.problem(), "403 scope_missing");
    let edit = all.post("/v1/ideogram-v3/edit", &json!({})).await;
    assert_eq!(edit.problem(), "403 scope_missing");
}

#[tokio::test]
async fn idle_tokens_are_disabled() {
    let app = reviewed_with("").await;
    let idle = token(&app, "app", &["write:*"]).await;
    picture(&idle).await;
    app.clock.advance(DAY * 31);
    remedy_all(&app, &["medium idle_token"]).await;
    let refused = idle.post(GENERATE, &json!({"prompt": "a heron"})).await;
    assert_eq!(refused.problem(), "401 token_invalid");
}

#[tokio::test]
async fn ending_tokens_live_on_with_another_secret_also_in_the_middle_of_a_rotation() {
    let app = reviewed_with("").await;
    let (one, other) = (
        token(&app, "app", &["write:generate"]).await,
        token(&app, "app", &["write:generate"]).await,
    );
    app.clock.advance(DAY * 80);
    picture(&one).await;
    picture(&other).await;
    let by = Principal::LocalUser(0);
    app.running.tokens().rotate(other.id(), &RotationRequest::default(), &by).await.unwrap();
    remedy_all(&app, &["medium expiring_token", "medium expiring_token"]).await;
    picture(&one).await;
    let shown = app.ask(&format!("/api/v1/tokens/{}", one.id())).await;
    assert_eq!(shown["expires_at"], json!(app.now().plus(DAY * 90)));
}

#[tokio::test]
async fn budgets_come_down_to_a_few_times_what_is_used() {
    let app = reviewed_with("").await;
    let daily = NewToken {
        limits: AskedLimits {
            daily_budget: Asked::Is("40.00".to_owned()),
            ..AskedLimits::default()
        },
        ..NewToken::default()
    };
    let both = NewToken {
        limits: AskedLimits {
            monthly_budget: Asked::Is("900.00".to_owned()),
            ..daily.limits.clone()
        },
        ..daily.clone()
    };
    let one = budgeted(&app, &["write:generate"], daily).await;
    let other = budgeted(&app, &["write:generate"], both).await;
    app.clock.advance(DAY * 31);
    picture(&one).await;
    picture(&other).await;
    remedy_all(&app, &["medium oversized_budget", "medium oversized_budget"]).await;
    let shown = app.ask(&format!("/api/v1/tokens/{}", one.id())).await;
    assert_eq!(shown["limits"]["daily_budget"], "0.18");
    picture(&one).await;
}

#[tokio::test]
async fn a_token_that_nobody_stops_gets_a_budget() {
    let app = TestApp::spawn().await;
    let client = token(&app, "app", &["write:generate"]).await;
    app.clock.advance(DAY * 31);
    picture(&client).await;
    remedy_all(&app, &["medium missing_budget"]).await;
    let lavish = client.post(GENERATE, &json!({"prompt": "a heron", "num_images": 4})).await;
    assert_eq!(lavish.problem(), "402 budget_exceeded");
}

#[tokio::test]
async fn wildcards_of_production_are_written_out() {
    let app = reviewed_with(&format!("{OPEN_PROD}daily_budget = \"50.00\"\n")).await;
    let client = token(&app, "prod", &["read:*", "write:*"]).await;
    picture(&client).await;
    let found = findings(&app, "").await;
    let expected = ["high production_wildcard", "medium production_wildcard", "low unused_scopes"];
    assert_eq!(kinds(&found), expected);
    run(&app, found[0]["command"].as_str().unwrap()).await;
    assert_eq!(kinds(&findings(&app, "").await), ["medium production_wildcard"]);
    let ceiling = &findings(&app, "").await[0];
    assert_eq!(ceiling["subject"]["id"], "prod", "only the settings can help there: {ceiling}");
    picture(&client).await;
    let shown = app.ask(&format!("/api/v1/tokens/{}", client.id())).await;
    assert_eq!(shown["scopes"], json!(["write:generate"]));
}

#[tokio::test]
async fn a_review_changes_nothing() {
    let app = reviewed_with("").await;
    let client = token(&app, "app", &["read:*", "write:*"]).await;
    picture(&client).await;
    app.clock.advance(DAY * 31);
    let before = (app.all_entries().len(), app.ask("/api/v1/tokens").await);
    findings(&app, "").await;
    assert_eq!((app.all_entries().len(), app.ask("/api/v1/tokens").await), before);
}
