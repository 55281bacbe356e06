//! Requests a minute.

use super::{GENERATE, verdict};
use crate::support::TestApp;
use ideogate::tokens::{Asked, AskedLimits, NewToken};
use serde_json::json;

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
    // What is refused for another reason tells no rate, and uses none up.
    assert_eq!(other.post(GENERATE, &body).await.header("ratelimit"), None);
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
