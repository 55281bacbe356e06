//! Whose address Ideogram is told.

use super::{JWKS, PATH, RECEIVE, SUBMIT, receiving};
use crate::support::{Client, Home, TestApp, TestSettings};
use ideogate::{
    simulator::{Act, Delivers, Script},
    tokens::{Asked, AskedLimits, NewToken},
};
use serde_json::{Value, json};

const OWN: &str = "webhook_url=https%3A%2F%2Fhooks.example.com%2Fa%3Fb%3Dc%26d";
const V2: &str = "/v2/image/generate/ideogram-4-5";

async fn client(app: &TestApp) -> Client {
    app.client_of(NewToken {
        environment: "app".to_owned(),
        name: "test".to_owned(),
        scopes: vec!["read:*".to_owned(), "write:*".to_owned()],
        limits: AskedLimits {
            webhook_hosts: Asked::Is(vec!["hooks.example.com".to_owned()]),
            ..AskedLimits::default()
        },
        ..NewToken::default()
    })
    .await
}

fn prompt() -> Value {
    json!({"text_prompt": "a lighthouse"})
}

/// Returns path and query of the last call that was submitted.
fn last(app: &TestApp) -> String {
    let calls = app.ideogram.seen().calls;
    calls.into_iter().rfind(|call| call.method == "POST").unwrap().path_and_query
}

#[tokio::test]
async fn pass_leaves_the_apps_own_address_as_it_is() {
    let app = TestApp::spawn().await;
    let client = client(&app).await;
    assert_eq!(client.post(&format!("{SUBMIT}?{OWN}"), &prompt()).await.status, 200);
    assert_eq!(last(&app), format!("{SUBMIT}?{OWN}"));
    let without = client.post(SUBMIT, &prompt()).await;
    assert_eq!(without.status, 400, "Ideogram asks for one, and nothing was added");
    assert_eq!(last(&app), SUBMIT);
    assert!(app.ideogram.seen().calls.iter().all(|call| call.path() != JWKS));
}

#[tokio::test]
async fn receive_tells_ideogram_the_gateways_address() {
    let app = receiving("").await;
    let client = client(&app).await;
    assert_eq!(client.post(SUBMIT, &prompt()).await.status, 200);
    let port = app.running.proxy().port();
    let own = format!("http%3A%2F%2F127.0.0.1%3A{port}%2Fwebhooks%2Fideogram");
    assert_eq!(last(&app), format!("{SUBMIT}?webhook_url={own}"));
    let entry = app.sent_entries().pop().unwrap();
    assert_eq!(entry.metadata.more.webhook_host.as_deref(), Some("127.0.0.1"));
}

#[tokio::test]
async fn receive_refuses_an_address_of_the_apps_and_says_what_to_do() {
    let app = receiving("").await;
    let client = client(&app).await;
    let reply = client.post(&format!("{SUBMIT}?{OWN}"), &prompt()).await;
    assert_eq!(reply.problem(), "403 policy_denied");
    let told = reply.json();
    assert_eq!(told["rule"], "accounts.ideogram.webhooks");
    assert_eq!(told["field"], "webhook_url");
    let message = told["message"].as_str().unwrap();
    assert!(message.contains("leave webhook_url out"), "{message}");
    assert!(message.contains(&format!("{}{PATH}", app.url())), "{message}");
    let body = json!({"prompt": "x", "async": true, "webhook_url": "https://hooks.example.com/a"});
    assert_eq!(client.post(V2, &body).await.problem(), "403 policy_denied");
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn the_gateways_own_address_may_be_named_by_the_app_also_in_a_body() {
    let app = receiving("").await;
    // Its host is not among the token's; it need not be.
    let client = app.client().await;
    let own = format!("{}{PATH}", app.url());
    let encoded: String = own.replace(':', "%3A").replace('/', "%2F");
    let path = format!("{SUBMIT}?webhook_url={encoded}");
    assert_eq!(client.post(&path, &prompt()).await.status, 200);
    assert_eq!(last(&app), path, "it is not added a second time");
    app.ideogram.script(Script::new(Act::Hold).on(&format!("POST {V2}")));
    let body = json!({"prompt": "a lighthouse", "async": true, "webhook_url": own}).to_string();
    assert_eq!(client.post_text(V2, &body).await.status, 200);
    let seen = app.ideogram.seen();
    let call = seen.calls.iter().rfind(|call| call.path() == V2).unwrap();
    assert_eq!((&call.path_and_query[..], &call.body[..]), (V2, body.as_bytes()));
    app.ideogram.release();
    let seen = app.ideogram.seen_when(|seen| {
        seen.deliveries.len() >= 2 && seen.deliveries.iter().all(|one| one.is_over)
    });
    let seen = seen.await;
    assert!(seen.deliveries.iter().all(|one| one.status == Some(200)), "{:?}", seen.deliveries);
    app.places_become((0, 0, 0)).await;
}

#[tokio::test]
async fn bodies_are_not_touched_and_quotes_get_no_address() {
    let app = receiving("").await;
    let client = app.client().await;
    let body = r#"{ "prompt":"a  lighthouse",  "async":true }"#;
    assert_eq!(client.post_text(V2, body).await.status, 200);
    assert_eq!(client.post_text(&format!("{V2}?dry_run=true"), body).await.status, 200);
    let seen = app.ideogram.seen();
    let calls: Vec<_> = seen.calls.iter().filter(|call| call.path() == V2).collect();
    assert!(calls.iter().all(|call| &call.body[..] == body.as_bytes()));
    assert_eq!(calls[0].path_and_query, V2);
    assert_eq!(calls[1].path_and_query, format!("{V2}?dry_run=true"));
}

#[tokio::test]
async fn an_identical_retry_is_the_same_call_whatever_address_was_added() {
    let app = receiving("").await;
    let client = app.client().await;
    let keyed = |client: &Client| {
        client.request("POST", SUBMIT).header("Idempotency-Key", "one").json(&prompt())
    };
    let first = client.send(keyed(&client)).await;
    assert_eq!(first.status, 200);
    // Another port, so another address is added now.
    let app = app.restart().await;
    let client = client.at(app.url());
    let second = client.send(keyed(&client)).await;
    assert_eq!((second.status, &second.body), (200, &first.body), "{second:?}");
    let submitted = app.ideogram.seen();
    let submitted = submitted.calls.iter().filter(|call| call.path() == SUBMIT).count();
    assert_eq!(submitted, 1);
}

#[tokio::test]
async fn the_sandbox_receives_from_its_own_simulator() {
    let toml = format!("{RECEIVE}[accounts.simulator]\nwebhooks = \"receive\"\n");
    let settings = TestSettings { toml, delivers: Delivers::Loopback, ..TestSettings::default() };
    let app = TestApp::with(settings).await;
    let client = app.client_with("sandbox", &["read:*", "write:*"]).await;
    let reply = client.post(SUBMIT, &prompt()).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(app.arrived(), 0, "the real account has no part in it");
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_at_once() {
    let home = Home::new().await;
    for (public_url, complaint) in [
        ("", "needs listen.public_url, where Ideogram reaches the gateway"),
        ("public_url = \"http://images.example.com\"", "begins with https://"),
        ("public_url = \"https://10.0.0.7\"", "that is public"),
        ("public_url = \"https://localhost:8443\"", "that is public"),
    ] {
        home.set(&format!("[listen]\n{public_url}\n[accounts.ideogram]\nwebhooks = \"receive\"\n"));
        let told = home.run(&["config", "check"]).await;
        assert_ne!(told.code, 0, "{told:?}");
        let said = format!("{}{}", told.out, told.err);
        assert!(said.contains("accounts.ideogram.webhooks"), "{said}");
        assert!(said.contains(complaint), "{said}");
    }
    home.set(
        "[listen]\npublic_url = \"https://images.example.com\"\n\
         [accounts.ideogram]\nwebhooks = \"receive\"\n",
    );
    assert_eq!(home.run(&["config", "check"]).await.code, 0);
}
