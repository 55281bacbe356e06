//! Waiting is the promise; who waited in vain is told for what, how long, who said so, and how to wait
//! longer.

use crate::support::{Client, Reply, TestApp, TestSettings, eventually};
use ideogate::{
    simulator::{Act, Script},
    tokens::{Asked, AskedLimits, NewToken},
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const GENERATE: &str = "/v1/ideogram-v3/generate";
const ONE_PLACE: &str = "[accounts.ideogram]\nmax_in_flight = 1\n";

fn token() -> NewToken {
    NewToken {
        environment: "app".to_owned(),
        name: "website".to_owned(),
        scopes: vec!["write:generate".to_owned()],
        ..NewToken::default()
    }
}

/// The token that the README makes first.
fn first_token() -> NewToken {
    NewToken {
        limits: AskedLimits {
            max_images: Asked::Is(4),
            daily_budget: Asked::Is("5.00".to_owned()),
            rate: Asked::Is("60/min".to_owned()),
            ..AskedLimits::default()
        },
        ..token()
    }
}

async fn app(toml: &str) -> TestApp {
    TestApp::with(TestSettings { toml: toml.to_owned(), ..TestSettings::default() }).await
}

fn send(client: &Client, prompt: &str, into: &mut JoinSet<Reply>) {
    let (client, body) = (client.clone(), json!({"prompt": prompt}));
    into.spawn(async move { client.post(GENERATE, &body).await });
}

/// Sends a call that waits no longer than this.
async fn within(client: &Client, wait: &str) -> Reply {
    let request = client.request("POST", GENERATE).header("Ideogate-Queue-Timeout", wait);
    client.send(request.json(&json!({"prompt": "in vain"}))).await
}

/// Takes a place and keeps it until Ideogram is reset.
async fn taken(app: &TestApp, client: &Client) -> JoinSet<Reply> {
    let mut calls = JoinSet::new();
    app.ideogram.script(Script::new(Act::Hold).always());
    send(client, "kept", &mut calls);
    app.working(1).await;
    calls
}

async fn let_go(app: &TestApp, calls: JoinSet<Reply>) {
    app.ideogram.reset();
    for reply in calls.join_all().await {
        assert_eq!(reply.status, 200, "{reply:?}");
    }
}

/// Returns what a refusal says of the wait, without what differs from run to run.
fn told(reply: &Reply) -> Value {
    let body = reply.json();
    let waited = body["waited_ms"].as_u64().unwrap();
    assert!(waited <= body["allowed_ms"].as_u64().unwrap() + 5_000, "{body}");
    let member = |name: &str| body.get(name).cloned().unwrap_or_else(|| json!("-"));
    json!([
        member("rule"),
        member("allowed_ms"),
        member("allowed_by"),
        member("reject_reason"),
        member("max_inflight_requests")
    ])
}

#[tokio::test]
async fn a_plain_batch_of_sixty_calls_goes_through_with_the_first_token_and_default_settings() {
    // A hundredth of what things take at Ideogram.
    let app = TestApp::with(TestSettings { pace: 0.01, ..TestSettings::default() }).await;
    let client = app.client_of(first_token()).await;
    let mut calls = JoinSet::new();
    for number in 0..60 {
        send(&client, &format!("{number}"), &mut calls);
    }
    for reply in calls.join_all().await {
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    let seen = app.ideogram.seen();
    assert_eq!(seen.calls.len(), 60);
    assert!(seen.most_places_wanted <= 10, "{}", seen.most_places_wanted);
}

#[tokio::test]
async fn the_accounts_cap_is_told_as_ideograms_and_how_to_wait_longer() {
    let app = app(ONE_PLACE).await;
    let client = app.client().await;
    let calls = taken(&app, &client).await;
    let reply = within(&client, "50ms").await;
    assert_eq!(reply.problem(), "429 queue_timeout");
    let account = json!(["account.max_in_flight", 50, "header", "inflight_limit", 1]);
    assert_eq!(told(&reply), account);
    assert!(reply.json()["waited_ms"].as_u64().unwrap() >= 50);
    let message = reply.json()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("may have 1 images in flight"), "{message}");
    assert!(
        message.contains("To wait longer, send Ideogate-Queue-Timeout, up to 10m."),
        "{message}"
    );
    assert!(reply.header("retry-after").is_some());
    assert_eq!(app.arrived(), 1);
    let_go(&app, calls).await;
}

#[tokio::test]
async fn a_tokens_own_limit_is_named_and_not_taken_for_ideograms() {
    let app = TestApp::spawn().await;
    let small = app
        .client_of(NewToken {
            limits: AskedLimits { max_places: Asked::Is(1), ..AskedLimits::default() },
            ..token()
        })
        .await;
    let calls = taken(&app, &small).await;
    let reply = within(&small, "50ms").await;
    assert_eq!(reply.problem(), "429 queue_timeout");
    assert_eq!(told(&reply), json!(["token.max_places", 50, "header", "-", "-"]));
    let message = reply.json()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("this token may have 1 images in flight"), "{message}");
    assert_eq!(app.arrived(), 1);
    let_go(&app, calls).await;
}

#[tokio::test]
async fn places_reserved_for_another_environment_are_named() {
    let toml = "[environments.vip]\naccount = \"ideogram\"\nscopes = [\"write:*\"]\n\
                reserved_places = 1\n[accounts.ideogram]\nmax_in_flight = 1\n";
    let app = app(toml).await;
    let vip = app.client_with("vip", &["write:*"]).await;
    assert_eq!(vip.post(GENERATE, &json!({"prompt": "active"})).await.status, 200);
    let client = app.client().await;
    let reply = within(&client, "50ms").await;
    assert_eq!(reply.problem(), "429 queue_timeout");
    assert_eq!(told(&reply), json!(["environment.reserved_places", 50, "header", "-", "-"]));
    assert_eq!(app.arrived(), 1);
}

#[tokio::test]
async fn a_full_queue_is_named_and_told_at_once() {
    let app = app("[queue]\ncapacity = 0\n[accounts.ideogram]\nmax_in_flight = 1\n").await;
    let client = app.client().await;
    let calls = taken(&app, &client).await;
    let reply = client.post(GENERATE, &json!({"prompt": "too many"})).await;
    assert_eq!(reply.problem(), "429 queue_full");
    assert_eq!(told(&reply), json!(["queue.capacity", 120_000, "settings", "-", "-"]));
    assert_eq!(reply.json()["waited_ms"], 0);
    assert_eq!(app.arrived(), 1);
    let_go(&app, calls).await;
}

#[tokio::test]
async fn who_said_how_long_a_call_may_wait_is_told() {
    let toml = "[environments.hasty]\naccount = \"ideogram\"\nscopes = [\"write:*\"]\n\
                queue_timeout = \"60ms\"\n[queue]\ntimeout = \"70ms\"\nmax_timeout = \"80ms\"\n\
                [accounts.ideogram]\nmax_in_flight = 1\n";
    let app = app(toml).await;
    let client = app.client().await;
    let hasty = app.client_with("hasty", &["write:*"]).await;
    let bound = |span: &str| NewToken {
        limits: AskedLimits { queue_timeout: Asked::Is(span.to_owned()), ..AskedLimits::default() },
        ..token()
    };
    let bound = app.client_of(bound("40ms")).await;
    let calls = taken(&app, &client).await;
    let asked = json!({"prompt": "in vain"});
    let longer = "To wait longer, send Ideogate-Queue-Timeout, up to 80ms.";
    let no_longer = "The setting queue.max_timeout allows no more than 80ms.";
    let token = "The token's queue_timeout allows no more than 40ms.";
    for (reply, allowed, by, how) in [
        (client.post(GENERATE, &asked).await, 70, "settings", longer),
        (hasty.post(GENERATE, &asked).await, 60, "environment", longer),
        (bound.post(GENERATE, &asked).await, 40, "token", token),
        (within(&hasty, "20ms").await, 20, "header", longer),
        (within(&client, "80ms").await, 80, "header", no_longer),
        (within(&client, "1h").await, 80, "settings", no_longer),
        (within(&bound, "1h").await, 40, "token", token),
    ] {
        assert_eq!(reply.problem(), "429 queue_timeout");
        let body = reply.json();
        assert_eq!((&body["allowed_ms"], &body["allowed_by"]), (&json!(allowed), &json!(by)));
        assert!(body["message"].as_str().unwrap().ends_with(how), "{body}");
    }
    assert_eq!(app.arrived(), 1);
    let_go(&app, calls).await;
}

#[tokio::test]
async fn a_wait_that_is_clearly_in_vain_is_refused_at_once_and_one_that_may_not_be_is_not() {
    let app = app(ONE_PLACE).await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Usual).delayed(Duration::from_millis(100)).always());
    let mut calls = JoinSet::new();
    for number in 0..20 {
        send(&client, &format!("measured {number}"), &mut calls);
    }
    for reply in calls.join_all().await {
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    app.ideogram.reset();
    let mut calls = taken(&app, &client).await;
    for number in 0..100 {
        send(&client, &format!("waiting {number}"), &mut calls);
    }
    eventually("a hundred wait", || app.places() == (1, 0, 100)).await;
    // A hundred calls of a tenth of a second each are ahead.
    let began = Instant::now();
    let reply = within(&client, "3s").await;
    assert_eq!(reply.problem(), "429 queue_timeout");
    assert!(began.elapsed() < Duration::from_secs(3), "it waited");
    assert_eq!(reply.json()["waited_ms"], 0);
    assert_eq!(
        told(&reply),
        json!(["account.max_in_flight", 3_000, "header", "inflight_limit", 1])
    );
    let message = reply.json()["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("no place will become free in less than "), "{message}");
    let quiet = app.client().await;
    let mut patient = JoinSet::new();
    send(&client, "an hour is enough", &mut patient);
    send(&quiet, "a token that has nothing waiting", &mut patient);
    eventually("they wait", || app.places() == (1, 0, 102)).await;
    app.ideogram.reset();
    calls.shutdown().await;
    for reply in patient.join_all().await {
        assert_eq!(reply.status, 200, "{reply:?}");
    }
}

#[tokio::test]
async fn calls_for_which_there_was_no_place_do_not_use_the_rate_up() {
    let app = app(ONE_PLACE).await;
    let other = app.client().await;
    let client = app
        .client_of(NewToken {
            limits: AskedLimits { rate: Asked::Is("3/min".to_owned()), ..AskedLimits::default() },
            ..token()
        })
        .await;
    let calls = taken(&app, &other).await;
    for _ in 0..10 {
        let reply = within(&client, "10ms").await;
        assert_eq!(reply.problem(), "429 queue_timeout");
        assert!(reply.header("ratelimit").unwrap().starts_with("\"token\";r=3;"), "{reply:?}");
    }
    assert_eq!(app.arrived(), 1);
    let_go(&app, calls).await;
    for _ in 0..3 {
        assert_eq!(client.post(GENERATE, &json!({"prompt": "x"})).await.status, 200);
    }
    let reply = client.post(GENERATE, &json!({"prompt": "x"})).await;
    assert_eq!(reply.problem(), "429 rate_limited");
    assert_eq!(app.arrived(), 3);
}

#[tokio::test]
async fn calls_that_are_refused_for_another_reason_use_the_rate_up() {
    let app = TestApp::spawn().await;
    let client = app
        .client_of(NewToken {
            limits: AskedLimits { rate: Asked::Is("3/min".to_owned()), ..AskedLimits::default() },
            ..token()
        })
        .await;
    for _ in 0..3 {
        let reply = client.post(GENERATE, &json!({"prompt": "x", "num_images": "many"})).await;
        assert_eq!(reply.status, 400, "{reply:?}");
    }
    let reply = client.post(GENERATE, &json!({"prompt": "x"})).await;
    assert_eq!((reply.problem(), app.arrived()), ("429 rate_limited".to_owned(), 0));
}
