//! Who would be refused anyway is refused before the body is read, but for those who may be owed an
//! answer that is paid for.

use crate::support::{Client, Raw, Reply, TestApp, TestSettings, eventually};
use ideogate::{
    simulator::{Act, Script},
    tokens::{Asked, AskedLimits, NewToken},
};
use serde_json::{Value, json};

const GENERATE: &str = "/v1/ideogram-v3/generate";

fn body(prompt: &str) -> Value {
    json!({"prompt": prompt, "rendering_speed": "TURBO"})
}

fn token() -> NewToken {
    NewToken {
        environment: "app".to_owned(),
        name: "early".to_owned(),
        scopes: vec!["write:*".to_owned()],
        ..NewToken::default()
    }
}

/// Sends a head that announces a body, with the first bytes of that, and returns the answer.
async fn begun(app: &TestApp, client: &Client, more: &str) -> Reply {
    let mut raw = Raw::connect(&app.url()).await;
    let head = format!(
        "POST {GENERATE} HTTP/1.1\r\nHost: gateway\r\nApi-Key: {}\r\nContent-Type: \
         application/json\r\n{more}Content-Length: 1000\r\n\r\n{{\"prompt\":",
        client.token
    );
    raw.write(head.as_bytes()).await;
    raw.answer().await
}

/// Sends the head alone of a request that waits to be told to go on, and returns the answer.
async fn expecting(app: &TestApp, client: &Client) -> Reply {
    let mut raw = Raw::connect(&app.url()).await;
    let head = format!(
        "POST {GENERATE} HTTP/1.1\r\nHost: gateway\r\nApi-Key: {}\r\nContent-Type: \
         application/json\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n",
        client.token
    );
    raw.write(head.as_bytes()).await;
    raw.answer().await
}

/// Asserts that a call is refused so, before its body is there, whatever it expects.
async fn refused(app: &TestApp, client: &Client, problem: &str) -> Reply {
    let arrived = app.arrived();
    assert_eq!(expecting(app, client).await.problem(), problem, "and not told to go on");
    let reply = begun(app, client, "").await;
    assert_eq!(reply.problem(), problem);
    assert_eq!(app.arrived(), arrived);
    reply
}

#[tokio::test]
async fn a_budget_that_is_used_up_refuses_before_the_body() {
    let app = TestApp::spawn().await;
    // One turbo picture, and a bit that does not cover another one.
    let client = app
        .client_of(NewToken {
            limits: AskedLimits {
                daily_budget: Asked::Is("0.05".to_owned()),
                ..AskedLimits::default()
            },
            ..token()
        })
        .await;
    assert_eq!(client.post(GENERATE, &body("paid")).await.status, 200);
    let reply = refused(&app, &client, "402 budget_exceeded").await;
    let told = reply.json();
    assert_eq!(told["reject_reason"], "daily_limit");
    assert!(told["resets_at"].is_string(), "{told}");
    let message = told["message"].as_str().unwrap();
    assert!(message.contains("the cheapest call here costs 0.03"), "{message}");
}

#[tokio::test]
async fn a_budget_with_room_for_the_cheapest_call_lets_the_body_come() {
    let app = TestApp::spawn().await;
    let client = app
        .client_of(NewToken {
            limits: AskedLimits {
                daily_budget: Asked::Is("0.04".to_owned()),
                ..AskedLimits::default()
            },
            ..token()
        })
        .await;
    assert_eq!(client.post(GENERATE, &body("cheap")).await.status, 200);
    let dear = app
        .client_of(NewToken {
            limits: AskedLimits {
                daily_budget: Asked::Is("0.04".to_owned()),
                ..AskedLimits::default()
            },
            ..token()
        })
        .await;
    let quality = json!({"prompt": "dear", "rendering_speed": "QUALITY"});
    assert_eq!(dear.post(GENERATE, &quality).await.problem(), "402 budget_exceeded");
    assert_eq!(dear.post(GENERATE, &body("cheap")).await.status, 200);
}

#[tokio::test]
async fn a_pause_refuses_before_the_body() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.pause().await;
    refused(&app, &client, "503 paused").await;
}

#[tokio::test]
async fn a_rate_that_is_used_up_refuses_before_the_body() {
    let app = TestApp::spawn().await;
    let client = app
        .client_of(NewToken {
            limits: AskedLimits { rate: Asked::Is("1/min".to_owned()), ..AskedLimits::default() },
            ..token()
        })
        .await;
    assert_eq!(client.post(GENERATE, &body("one")).await.status, 200);
    let reply = refused(&app, &client, "429 rate_limited").await;
    assert!(reply.header("retry-after").is_some());
    assert!(reply.header("ratelimit").unwrap().starts_with("\"token\";r=0;"), "{reply:?}");
}

#[tokio::test]
async fn a_balance_that_is_used_up_refuses_before_the_body() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::status(402)));
    assert_eq!(client.post(GENERATE, &body("refused there")).await.status, 402);
    refused(&app, &client, "402 balance_exhausted").await;
}

#[tokio::test]
async fn a_missing_key_refuses_before_the_body() {
    let keys = vec![("IDEOGRAM_API_KEY_PROD", crate::support::KEY.to_owned())];
    let app = TestApp::with(TestSettings { keys, ..TestSettings::default() }).await;
    let client = app.client().await;
    refused(&app, &client, "503 environment_unavailable").await;
}

#[tokio::test]
async fn an_idempotency_key_gets_its_kept_answer_whatever_refuses_others() {
    let app = TestApp::spawn().await;
    let client = app
        .client_of(NewToken {
            limits: AskedLimits {
                daily_budget: Asked::Is("0.05".to_owned()),
                ..AskedLimits::default()
            },
            ..token()
        })
        .await;
    let call = || {
        let request = client.request("POST", GENERATE).header("Idempotency-Key", "one");
        client.send(request.json(&body("paid once")))
    };
    let first = call().await;
    assert_eq!(first.status, 200);
    refused(&app, &client, "402 budget_exceeded").await;
    let again = call().await;
    assert_eq!((again.status, &again.body), (200, &first.body));
    app.pause().await;
    let again = call().await;
    assert_eq!((again.status, &again.body), (200, &first.body));
    assert_eq!(app.arrived(), 1);
    // With a key that is new there is nothing to give: refused, once the body is here.
    app.resume().await;
    let request = client.request("POST", GENERATE).header("Idempotency-Key", "two");
    let reply = client.send(request.json(&body("not paid"))).await;
    assert_eq!((reply.problem(), app.arrived()), ("402 budget_exceeded".to_owned(), 1));
}

#[tokio::test]
async fn a_retry_of_what_is_paid_gets_its_answer_though_the_budget_and_the_rate_are_used_up() {
    let app = TestApp::spawn().await;
    let client = app
        .client_of(NewToken {
            limits: AskedLimits {
                daily_budget: Asked::Is("0.05".to_owned()),
                rate: Asked::Is("1/min".to_owned()),
                ..AskedLimits::default()
            },
            ..token()
        })
        .await;
    app.ideogram.script(Script::new(Act::Hold));
    let leaving = {
        let client = client.clone();
        tokio::spawn(async move { client.post(GENERATE, &body("lost")).await })
    };
    app.working(1).await;
    refused(&app, &client, "429 rate_limited").await;
    leaving.abort();
    app.ideogram.release();
    app.places_become((0, 0, 0)).await;
    eventually("its money is charged", || {
        app.sent_entries().iter().any(|e| e.metadata.cost_usd.is_some())
    })
    .await;
    let again = client.post(GENERATE, &body("lost")).await;
    assert_eq!((again.status, again.header("ideogate-recovered")), (200, Some("true")));
    assert_eq!(app.arrived(), 1);
    // It has its answer, so others are refused early again.
    eventually("it is delivered", || !app.running.calls().may_owe(client.id())).await;
    refused(&app, &client, "429 rate_limited").await;
}
