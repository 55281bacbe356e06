//! A client hangs up: before sending nothing is sent, after it the call is finished and recorded.

use crate::{
    recall::settle,
    support::{Socket, TestApp, TestSettings, eventually, head},
};
use ideogate::{
    domain::Usd,
    simulator::{Act, Script},
};
use std::time::Duration;

const GENERATE: &str = "/v1/ideogram-v3/generate";
const BODY: &str = r#"{"prompt":"a lighthouse","num_images":2}"#;

async fn app_of(cap: u32) -> TestApp {
    let toml = format!("[accounts.ideogram]\nmax_in_flight = {cap}");
    TestApp::with(TestSettings { toml, ..TestSettings::default() }).await
}

#[tokio::test]
async fn while_it_sends_the_header() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let whole = head(&client, GENERATE, BODY.len());
    for cut in [1, 10, whole.len() / 2, whole.len() - 1] {
        let mut socket = Socket::open(&app).await;
        socket.write(&whole.as_bytes()[..cut]).await;
        settle(&app).await;
        drop(socket);
    }
    settle(&app).await;
    assert_eq!((app.arrived(), app.places(), app.sent_entries().len()), (0, (0, 0, 0), 0));
}

#[tokio::test]
async fn while_it_sends_the_body() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for cut in [0, 1, BODY.len() - 1] {
        let mut socket = Socket::open(&app).await;
        socket.write(head(&client, GENERATE, BODY.len()).as_bytes()).await;
        socket.write(&BODY.as_bytes()[..cut]).await;
        settle(&app).await;
        assert_eq!(app.places(), (0, 0, 0), "no place before the body is here");
        drop(socket);
    }
    settle(&app).await;
    assert_eq!((app.arrived(), app.places(), app.sent_entries().len()), (0, (0, 0, 0), 0));
}

#[tokio::test]
async fn while_it_waits_in_the_queue() {
    let app = app_of(2).await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold));
    let first = tokio::spawn({
        let client = client.clone();
        async move { client.post_text(GENERATE, BODY).await }
    });
    app.working(1).await;
    let mut sockets = Vec::new();
    for _ in 0..20 {
        let mut socket = Socket::open(&app).await;
        socket.post(&client, GENERATE, BODY).await;
        sockets.push(socket);
    }
    eventually("all wait", || app.places() == (2, 0, 20)).await;
    drop(sockets);
    app.places_become((2, 0, 0)).await;
    app.ideogram.release();
    assert_eq!(first.await.unwrap().status, 200);
    settle(&app).await;
    assert_eq!((app.arrived(), app.ideogram.billed_images()), (1, 2));
    assert_eq!((app.places(), app.sent_entries().len()), ((0, 0, 0), 1));
}

#[tokio::test]
async fn it_is_on_record_that_a_call_left_the_queue_and_a_crowd_is_counted() {
    let app = app_of(1).await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold));
    let first = tokio::spawn({
        let client = client.clone();
        async move { client.post_text(GENERATE, r#"{"prompt":"first"}"#).await }
    });
    app.working(1).await;
    let mut sockets = Vec::new();
    for _ in 0..13 {
        let mut socket = Socket::open(&app).await;
        socket.post(&client, GENERATE, r#"{"prompt":"waits"}"#).await;
        sockets.push(socket);
    }
    eventually("all wait", || app.places() == (1, 0, 13)).await;
    app.clock.advance(Duration::from_secs(3));
    drop(sockets);
    app.places_become((1, 0, 0)).await;
    let gone = "ideogate_refusals_total{environment=\"app\",code=\"client_gone\"} 13\n";
    eventually("all are counted", || app.running.metrics().render().contains(gone)).await;
    let of = |count: Option<u64>| {
        let entries = app.all_entries().into_iter();
        let found = entries.filter(|entry| &*entry.metadata.decision == "client_gone");
        found.filter(|entry| entry.metadata.more.count == count).collect::<Vec<_>>()
    };
    eventually("ten are written", || of(None).len() == 10).await;
    for entry in of(None) {
        assert_eq!(entry.metadata.outcome.as_str(), "refused");
        assert_eq!(entry.metadata.token_id.as_ref(), Some(client.id()));
        assert_eq!(entry.metadata.cost_usd.map(Usd::as_micros), Some(0));
        assert_eq!(&*entry.resource, "v3.generate");
        let reason = entry.metadata.more.reason.as_deref();
        assert_eq!(reason, Some("the client went away while the call waited for its places"));
        assert!(entry.metadata.request_id.is_some() && entry.metadata.call_id.is_none());
    }
    app.clock.advance(Duration::from_mins(1));
    eventually("the others are counted", || of(Some(3)).len() == 1).await;
    app.ideogram.release();
    assert_eq!(first.await.unwrap().status, 200);
    settle(&app).await;
    assert_eq!((app.arrived(), app.sent_entries().len()), (1, 1));
}

/// A call that is sent, or answered, is no call that left.
#[tokio::test]
async fn nothing_is_said_twice_of_a_call_that_was_sent() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold));
    let mut socket = Socket::open(&app).await;
    socket.post(&client, GENERATE, BODY).await;
    app.working(1).await;
    drop(socket);
    app.ideogram.release();
    app.places_become((0, 0, 0)).await;
    assert_eq!(client.post_text(GENERATE, BODY).await.status, 200);
    settle(&app).await;
    let gone = app.all_entries().into_iter().filter(|e| &*e.metadata.decision == "client_gone");
    assert_eq!(gone.count(), 0);
}

#[tokio::test]
async fn between_its_permit_and_the_sending() {
    let app = app_of(4).await;
    let client = app.client().await;
    // Each hangs up somewhat later than the one before, so that some do it just then.
    for round in 0..60 {
        let mut socket = Socket::open(&app).await;
        let body = format!(r#"{{"prompt":"lighthouse {round}"}}"#);
        socket.post(&client, GENERATE, &body).await;
        for _ in 0..round {
            tokio::task::yield_now().await;
        }
        drop(socket);
    }
    app.places_become((0, 0, 0)).await;
    eventually("every call has its end", || {
        let undecided = |e: &ideogate::audit::Entry| &*e.metadata.decision == "in_flight";
        app.places() == (0, 0, 0) && !app.sent_entries().iter().any(undecided)
    })
    .await;
    settle(&app).await;
    let entries = app.sent_entries();
    let sent = entries.iter().filter(|e| e.metadata.upstream_status == Some(200)).count();
    assert_eq!(app.arrived(), sent, "what arrived is on record as such");
    assert_eq!(app.ideogram.billed_images(), u64::try_from(sent).unwrap());
    for entry in entries.iter().filter(|e| e.metadata.upstream_status != Some(200)) {
        assert_eq!(entry.metadata.more.reason.as_deref(), Some("client gone before sending"));
        assert_eq!(entry.metadata.outcome.as_str(), "failed");
        assert_eq!(entry.metadata.cost_usd.map(Usd::as_micros), Some(0));
    }
}

#[tokio::test]
async fn while_ideogram_works() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold));
    let mut socket = Socket::open(&app).await;
    socket.post(&client, GENERATE, BODY).await;
    app.working(1).await;
    drop(socket);
    settle(&app).await;
    assert_eq!(app.places(), (2, 0, 0), "Ideogram still works");
    app.ideogram.release();
    app.places_become((0, 0, 0)).await;
    eventually("its end is on record", || {
        app.sent_entries()[0].metadata.outcome.as_str() == "success"
    })
    .await;
    assert_eq!((app.arrived(), app.ideogram.billed_images()), (1, 2));
    let entry = &app.sent_entries()[0];
    assert!(entry.metadata.cost_usd.is_some_and(|cost| cost.as_micros() > 0), "{entry:?}");
    assert_eq!(entry.metadata.more.images, Some(2));
}

#[tokio::test]
async fn while_the_answer_is_written() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Huge { bytes: 24 << 20 }));
    let mut socket = Socket::open_narrow(&app).await;
    socket.post(&client, GENERATE, BODY).await;
    socket.read(50_000).await;
    assert_eq!(app.places(), (0, 0, 0), "the answer is complete here already");
    drop(socket);
    settle(&app).await;
    let entries = app.sent_entries();
    assert_eq!((app.arrived(), entries.len()), (1, 1));
    assert_eq!(entries[0].metadata.outcome.as_str(), "success");
}
