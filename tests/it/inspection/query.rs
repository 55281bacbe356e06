//! Queries: only what the route lists, once, and quotes in one spelling alone.

use super::{FORM, GENERATE, form, send, verdict};
use crate::support::TestApp;
use ideogate::tokens::{Asked, AskedLimits, NewToken};

const JSON: &str = "application/json";
const QUOTED: &str = "/v2/image/generate/ideogram-4-5";

#[tokio::test]
async fn an_unlisted_parameter_is_refused() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let body = r#"{"prompt":"x"}"#;
    for (query, code) in [
        ("a=b", "malformed_request a"),
        ("a", "malformed_request a"),
        ("num_images=8", "malformed_request num_images"),
        ("num%5Fimages=8", "malformed_request num_images"),
        ("webhook_url=https://a.example/", "malformed_request webhook_url"),
        ("dry_run=true", "malformed_request dry_run"),
        ("%64ry_run=true", "malformed_request dry_run"),
        ("%zz=1", "malformed_request %zz"),
    ] {
        let reply = send(&client, &format!("{GENERATE}?{query}"), JSON, body).await;
        assert_eq!(verdict(&reply), format!("400 {code}"), "{query}");
    }
    // In query and body at once: the query alone is enough to refuse it.
    let path = format!("{GENERATE}?num_images=1");
    let both = send(&client, &path, JSON, r#"{"prompt":"x","num_images":1}"#).await;
    assert_eq!(verdict(&both), "400 malformed_request num_images");
    let reply = client.get("/models?scope=a&scope=b").await;
    assert_eq!(verdict(&reply), "400 ambiguous_request scope");
    let reply = client.get("/models?scope=a&sc%6Fpe=b").await;
    assert_eq!(verdict(&reply), "400 ambiguous_request scope");
    assert_eq!(client.get("/models?limit=1").await.problem(), "400 malformed_request");
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn an_empty_query_is_none() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let reply = send(&client, &format!("{GENERATE}?"), JSON, r#"{"prompt":"x"}"#).await;
    assert_eq!(reply.status, 200);
    assert_eq!(app.ideogram.seen().calls[0].path_and_query, GENERATE);
}

#[tokio::test]
async fn a_quote_has_one_spelling() {
    let app = TestApp::spawn().await;
    let (writer, reader) = (app.client().await, app.client_with("app", &["read:*"]).await);
    let body = r#"{"prompt":"x","num_images":2}"#;
    for query in [
        "dry_run=True",
        "dry_run=TRUE",
        "dry_run=1",
        "dry_run=false",
        "dry_run=",
        "dry_run",
        "dry_run=true&dry_run=true",
        "dry_run=true&dry_run=false",
        "dry_run=false&dry_run=true",
        "dry%5Frun=true",
        "dry_run=%74rue",
        "dry_run=true&dry%5Frun=false",
        "DRY_RUN=true",
        "dry_run=true%20",
        "dry_run=true&a=b",
        "dry_run=true;a=b",
        "dryrun=true",
    ] {
        let path = format!("{QUOTED}?{query}");
        let reply = send(&writer, &path, JSON, body).await;
        assert_eq!(reply.status, 400, "{query}: {reply:?}");
        let reply = send(&reader, &path, JSON, body).await;
        assert!(matches!(reply.status, 400 | 403), "{query}: {reply:?}");
    }
    assert_eq!(app.arrived(), 0);
    let reply = send(&reader, &format!("{QUOTED}?dry_run=true"), JSON, body).await;
    assert_eq!((reply.status, &reply.json()["object"]), (200, &"price_quote".into()));
    assert_eq!(reply.header("ideogate-places"), Some("0"));
    let seen = app.ideogram.seen();
    assert_eq!(seen.calls.len(), 1);
    assert_eq!(seen.calls[0].path_and_query, format!("{QUOTED}?dry_run=true"));
    assert_eq!(app.ideogram.billed_images(), 0);
}

#[tokio::test]
async fn a_webhook_comes_in_one_place_only() {
    let app = TestApp::spawn().await;
    let new = NewToken {
        environment: "app".to_owned(),
        name: "hooks".to_owned(),
        scopes: vec!["write:*".to_owned()],
        limits: AskedLimits {
            webhook_hosts: Asked::Is(vec!["hooks.example".to_owned()]),
            ..AskedLimits::default()
        },
        ..Default::default()
    };
    let client = app.client_of(new).await;
    let path = "/v1/ideogram-v4/async/generate?webhook_url=https%3A%2F%2Fhooks.example%2Fa%3Fb%3Dc";
    let both = r#"{"text_prompt":"x","webhook_url":"https://hooks.example/b"}"#;
    assert_eq!(
        verdict(&send(&client, path, JSON, both).await),
        "400 ambiguous_request webhook_url"
    );
    let fields = form(&[("text_prompt", "x"), ("webhook_url", "https://hooks.example/b")]);
    assert_eq!(
        verdict(&send(&client, path, FORM, fields).await),
        "400 ambiguous_request webhook_url"
    );
    assert_eq!(app.arrived(), 0);
    let reply = send(&client, path, JSON, r#"{"text_prompt":"x"}"#).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(app.ideogram.seen().calls[0].path_and_query, path);
    let entries = app.entries().await;
    assert_eq!(
        entries.last().unwrap().metadata.more.webhook_host.as_deref(),
        Some("hooks.example")
    );
}
