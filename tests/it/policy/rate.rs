//! Requests a minute.

use super::{GENERATE, verdict};
use crate::support::{Client, TestApp, TestSettings};
use ideogate::{
    simulator::{Act, Script},
    tokens::{Asked, AskedLimits, NewToken},
};
use serde_json::{Value, json};

#[tokio::test]
async fn a_token_beyond_its_rate_is_told_when_to_come_back() {
    let app = TestApp::spawn().await;
    let new = NewToken {
        environment: "app".to_owned(),
        name: "slow".to_owned(),
        scopes: vec!["write:generate".to_owned()],
        limits: AskedLimits { rate: Asked::Is("3/min".to_owned()), ..AskedLimits::default() },
        ..NewToken::default()
    };
    let (client, other) = (app.client_of(new).await, app.client().await);
    let body = json!({"prompt": "x"});
    for left in [2, 1, 0] {
        let reply = client.post(GENERATE, &body).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("ratelimit-policy"), Some("\"token\";q=3;w=60"));
        let rate = reply.header("ratelimit").unwrap();
        assert!(rate.starts_with(&format!("\"token\";r={left};t=")), "{rate}");
    }
    let reply = client.post(GENERATE, &body).await;
    assert_eq!(verdict(&reply), "429 rate_limited token requests_per_minute");
    let wait: u64 = reply.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    assert_eq!(reply.header("ratelimit-policy"), Some("\"token\";q=3;w=60"));
    assert_eq!(reply.header("ratelimit"), Some(format!("\"token\";r=0;t={wait}").as_str()));
    assert_eq!(reply.json()["retryable"], true);
    assert_eq!(other.post(GENERATE, &body).await.status, 200, "others are not slowed");
    assert_eq!(app.arrived(), 4);
    assert_eq!(app.refusals().await.len(), 1);
}

#[tokio::test]
async fn parallel_calls_do_not_slip_past_the_rate() {
    let app = TestApp::spawn().await;
    let new = NewToken {
        environment: "app".to_owned(),
        name: "slow".to_owned(),
        scopes: vec!["write:generate".to_owned()],
        limits: AskedLimits { rate: Asked::Is("5/min".to_owned()), ..AskedLimits::default() },
        ..NewToken::default()
    };
    let client = app.client_of(new).await;
    let calls: Vec<_> = (0..40)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.post(GENERATE, &json!({"prompt": "x"})).await.status })
        })
        .collect();
    let mut passed = 0;
    for call in calls {
        passed += usize::from(call.await.unwrap() == 200);
    }
    assert_eq!((passed, app.arrived()), (5, 5));
}

async fn with(toml: &str) -> TestApp {
    TestApp::with(TestSettings { toml: toml.to_owned(), ..TestSettings::default() }).await
}

/// Returns a client whose token has this rate of its own.
async fn at(app: &TestApp, rate: Option<&str>) -> Client {
    let rate = rate.map(str::to_owned).into();
    app.client_of(NewToken {
        environment: "app".to_owned(),
        name: "paced".to_owned(),
        scopes: vec!["write:generate".to_owned()],
        limits: AskedLimits { rate, ..AskedLimits::default() },
        ..NewToken::default()
    })
    .await
}

async fn rate_of(client: &Client) -> Value {
    client.get("/_ideogate/whoami").await.json()["rate"]["per_minute"].clone()
}

#[tokio::test]
async fn a_token_without_a_rate_has_the_usual_one() {
    let app = with("[tokens]\ndefault_rate = \"2/min\"\n").await;
    let (usual, own) = (at(&app, None).await, at(&app, Some("3/min")).await);
    assert_eq!((rate_of(&usual).await, rate_of(&own).await), (json!(2), json!(3)));
    let body = json!({"prompt": "x"});
    for _ in 0..2 {
        assert_eq!(usual.post(GENERATE, &body).await.status, 200);
    }
    let reply = usual.post(GENERATE, &body).await;
    assert_eq!(verdict(&reply), "429 rate_limited tokens.default_rate");
    for _ in 0..3 {
        assert_eq!(own.post(GENERATE, &body).await.status, 200, "its own counts, and is more");
    }
    assert_eq!(app.arrived(), 5);
    let ruled = with(
        "[tokens]\ndefault_rate = \"600/min\"\n[environments.app.policy]\nrequests_per_minute = 1\n",
    )
    .await;
    let client = at(&ruled, None).await;
    assert_eq!(rate_of(&client).await, 1, "the usual one is larger than what the policy allows");
    assert_eq!(client.post(GENERATE, &body).await.status, 200);
    let rule = "429 rate_limited environments.app.policy.requests_per_minute";
    assert_eq!(verdict(&client.post(GENERATE, &body).await), rule);
    let none = with("[tokens]\ndefault_rate = \"\"\n").await;
    let client = none.client().await;
    assert_eq!(rate_of(&client).await, Value::Null);
    assert_eq!(client.post(GENERATE, &body).await.header("ratelimit"), None);
}

#[tokio::test]
async fn calls_refused_for_want_of_a_place_use_no_rate_up() {
    let full = "[queue]\ncapacity = 0\n";
    for (toml, wait, refused) in [(full, "10s", "queue_full"), ("", "20ms", "queue_timeout")] {
        let app = with(&format!("[accounts.ideogram]\nmax_in_flight = 1\n{toml}")).await;
        let (client, other) = (at(&app, Some("2/min")).await, app.client().await);
        let send = || {
            let request = client.request("POST", GENERATE).header("Ideogate-Queue-Timeout", wait);
            client.send(request.json(&json!({"prompt": "x"})))
        };
        app.ideogram.script(Script::new(Act::Hold));
        let busy =
            tokio::spawn(async move { other.post(GENERATE, &json!({"prompt": "y"})).await.status });
        app.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
        for _ in 0..5 {
            assert_eq!(send().await.problem(), format!("429 {refused}"));
        }
        app.ideogram.release();
        assert_eq!(busy.await.unwrap(), 200);
        assert_eq!((send().await.status, send().await.status), (200, 200), "{refused}");
        assert_eq!(verdict(&send().await), "429 rate_limited token requests_per_minute");
        assert_eq!(app.arrived(), 3);
    }
}

/// A rate is for what the token does: what it may not do is its doing.
#[tokio::test]
async fn calls_refused_for_what_they_ask_use_the_rate_up() {
    let app = TestApp::spawn().await;
    let client = at(&app, Some("2/min")).await;
    for _ in 0..2 {
        let reply = client.post(GENERATE, &json!({"prompt": "x", "num_images": 0})).await;
        assert_eq!(reply.status, 400);
    }
    let reply = client.post(GENERATE, &json!({"prompt": "x"})).await;
    assert_eq!((reply.problem(), app.arrived()), ("429 rate_limited".to_owned(), 0));
}
