//! Someone else uses the account too: Ideogram's 429 is waited out, and passed on only at the deadline.

use crate::support::{Client, Reply, Socket, TestApp, TestSettings, eventually, pass, pass_until};
use ideogate::{
    admission::{AdmitRequest, Permit},
    domain::{Principal, TokenState, Usd},
    simulator::Script,
};
use serde_json::json;
use std::time::Duration;
use tokio::{task::JoinHandle, time::Instant};

const GENERATE: &str = "/v1/ideogram-v3/generate";
const SECOND: Duration = Duration::from_secs(1);

fn post(client: &Client, prompt: &str) -> JoinHandle<Reply> {
    let (client, body) = (client.clone(), json!({"prompt": prompt, "num_images": 2}));
    tokio::spawn(async move { client.post(GENERATE, &body).await })
}

#[tokio::test]
async fn a_refused_call_waits_and_goes_through_when_places_are_free_again() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let others = app.ideogram.occupy(10);
    let call = post(&client, "a lighthouse");
    app.places_become((0, 0, 1)).await;
    assert_eq!((app.arrived(), app.account().effective_cap), (1, 1));
    drop(others);
    recover(&app, || call.is_finished()).await;
    assert_eq!(call.await.unwrap().status, 200);
    assert_eq!((app.arrived(), app.ideogram.billed_images()), (2, 2));
    assert_eq!(app.attempts(), [429]);
    let entry = &app.sent_entries()[0];
    assert_eq!(entry.metadata.outcome.as_str(), "success");
    assert_eq!(entry.metadata.more.refused_attempts, Some(1));
    assert_eq!(app.places(), (0, 0, 0));
}

#[tokio::test]
async fn the_effective_cap_shrinks_to_what_is_in_use_and_comes_back_by_one_a_second() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let others = app.ideogram.occupy(7);
    app.ideogram.script(Script::new(ideogate::simulator::Act::Hold).on(GENERATE));
    let first = post(&client, "a lighthouse");
    app.working(1).await;
    let second = post(&client, "another lighthouse");
    app.places_become((2, 0, 1)).await;
    assert_eq!(app.account().effective_cap, 2);
    pass(SECOND).await;
    eventually("one more place", || app.account().effective_cap == 3).await;
    assert_eq!(app.arrived(), 2, "two places are not free yet");
    eventually("the first refusal", || app.attempts().len() == 1).await;
    pass(SECOND).await;
    eventually("the second refusal", || app.attempts().len() == 2).await;
    app.places_become((2, 0, 1)).await;
    assert_eq!((app.arrived(), app.account().effective_cap), (3, 2));
    drop(others);
    recover(&app, || second.is_finished()).await;
    assert_eq!(second.await.unwrap().status, 200);
    app.ideogram.release();
    assert_eq!(first.await.unwrap().status, 200);
    assert_eq!((app.attempts(), app.ideogram.billed_images()), (vec![429, 429], 4));
    recover(&app, || app.account().effective_cap == 10).await;
    assert!(app.ideogram.seen().most_places_in_flight <= 10);
}

#[tokio::test]
async fn at_the_deadline_ideograms_own_429_goes_out_unchanged() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let _others = app.ideogram.occupy(10);
    let request = client.request("POST", GENERATE).header("ideogate-queue-timeout", "700ms");
    let reply = client.send(request.json(&json!({"prompt": "a lighthouse"}))).await;
    assert_eq!((reply.status, reply.header("ideogate-error-source")), (429, Some("upstream")));
    assert_eq!(reply.body, r#"{"error":"too many images are in flight"}"#);
    assert_eq!((app.arrived(), app.attempts()), (1, vec![429]));
    let entry = &app.sent_entries()[0];
    assert_eq!(
        (entry.metadata.outcome.as_str(), entry.metadata.upstream_status),
        ("failed", Some(429))
    );
    assert_eq!(entry.metadata.cost_usd.map(Usd::as_micros), Some(0));
    assert_eq!(app.places(), (0, 0, 0));
}

#[tokio::test]
async fn a_client_that_hangs_up_while_its_call_waits_again_is_not_sent_for() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let others = app.ideogram.occupy(10);
    let mut socket = Socket::open(&app).await;
    socket.post(&client, GENERATE, r#"{"prompt":"a lighthouse"}"#).await;
    app.places_become((0, 0, 1)).await;
    drop(socket);
    app.places_become((0, 0, 0)).await;
    drop(others);
    recover(&app, || app.account().effective_cap >= 3).await;
    assert_eq!(app.arrived(), 1);
    let entry = &app.sent_entries()[0];
    assert_eq!(
        (entry.metadata.outcome.as_str(), entry.metadata.upstream_status),
        ("failed", Some(429))
    );
    let retry = client.post_text(GENERATE, r#"{"prompt":"a lighthouse"}"#).await;
    assert_eq!((retry.status, retry.header("ideogate-recovered")), (200, None));
}

/// Takes so many places at once; dropping what is returned frees them.
async fn taken(app: &TestApp, client: &Client, places: u32) -> Permit {
    let seat = AdmitRequest {
        account: "ideogram".parse().unwrap(),
        environment: "app".parse().unwrap(),
        token: client.id().clone(),
        places,
        deadline: Instant::now() + SECOND,
        max_token_places: None,
    };
    app.running.admission().admit(seat).await.unwrap()
}

#[tokio::test]
async fn a_client_that_hangs_up_just_when_its_call_may_go_again_is_not_sent_for() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let (ours, others) = (taken(&app, &client, 8).await, app.ideogram.occupy(10));
    let body = r#"{"prompt":"a lighthouse","num_images":2}"#;
    let mut socket = Socket::open(&app).await;
    socket.post(&client, GENERATE, body).await;
    app.places_become((8, 0, 1)).await;
    drop(others);
    // Nothing runs between these two: its turn has come before anybody reads that it left.
    drop(socket);
    drop(ours);
    assert_eq!(app.places(), (2, 0, 0), "its turn has come");
    app.places_become((0, 0, 0)).await;
    let outcome = || app.sent_entries()[0].metadata.outcome;
    eventually("its end is on record", || outcome().as_str() == "failed").await;
    assert_eq!(app.sent_entries()[0].metadata.upstream_status, Some(429));
    assert_eq!((app.arrived(), app.ideogram.billed_images()), (1, 0));
    let retry = client.post_text(GENERATE, body).await;
    assert_eq!((retry.status, retry.header("ideogate-recovered")), (200, None));
}

#[tokio::test]
async fn a_token_revoked_while_its_call_waits_again_is_refused_at_once() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let _others = app.ideogram.occupy(10);
    let call = post(&client, "a lighthouse");
    app.places_become((0, 0, 1)).await;
    let by = Principal::LocalUser(0);
    app.running.tokens().set_state(client.id(), TokenState::Revoked, &by).await.unwrap();
    let reply = call.await.unwrap();
    assert_eq!(reply.problem(), "401 token_invalid");
    assert!(reply.header("www-authenticate").is_some());
    assert_eq!((app.arrived(), app.places()), (1, (0, 0, 0)));
    let entry = &app.sent_entries()[0];
    assert_eq!(entry.metadata.more.reason.as_deref(), Some("token revoked"));
    assert_eq!((entry.metadata.status, entry.metadata.upstream_status), (Some(401), Some(429)));
}

#[tokio::test]
async fn many_callers_beside_someone_else_are_all_served_and_never_above_the_cap() {
    let settings = TestSettings { cap: Some(4), ..TestSettings::default() };
    let app = TestApp::with(settings).await;
    let client = app.client().await;
    let calls: Vec<_> = (0..12).map(|n| post(&client, &format!("lighthouse {n}"))).collect();
    recover(&app, || calls.iter().all(JoinHandle::is_finished)).await;
    for call in calls {
        assert_eq!(call.await.unwrap().status, 200);
    }
    let seen = app.ideogram.seen();
    assert_eq!(app.ideogram.billed_images(), 24);
    assert_eq!(seen.calls.len(), 12 + app.attempts().len(), "one record for each refusal");
    assert!(seen.most_places_in_flight <= 4);
    assert_eq!(app.places(), (0, 0, 0));
}

/// Lets seconds pass until `test` passes.
async fn recover(app: &TestApp, test: impl Fn() -> bool) {
    let what = format!("from {:?}", app.account());
    pass_until(&what, SECOND, test).await;
}
