//! Nobody pays twice: a retry gets the answer that its first try paid for.

use crate::support::{Client, Reply, Socket, TestApp, eventually};
use ideogate::{
    domain::{Principal, RequestId, TokenState},
    simulator::{Act, Script},
};
use reqwest::multipart::{Form, Part};
use tokio::task::JoinHandle;

pub(crate) mod at_once;
mod crashed;
mod large;
mod moments;

const GENERATE: &str = "/v1/ideogram-v3/generate";
const BODY: &str = r#"{"prompt":"a lighthouse","num_images":2}"#;

fn post(client: &Client) -> JoinHandle<Reply> {
    let client = client.clone();
    tokio::spawn(async move { client.post_text(GENERATE, BODY).await })
}

/// Makes a call that Ideogram works on until it is released, and hangs up.
async fn abandoned() -> (TestApp, Client) {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold));
    let mut socket = Socket::open(&app).await;
    socket.post(&client, GENERATE, BODY).await;
    app.working(1).await;
    drop(socket);
    settle(&app).await;
    (app, client)
}

/// Lets the gateway see what happened on its connections: it answers another one after that.
pub(crate) async fn settle(app: &TestApp) {
    for _ in 0..3 {
        let stranger = Client::new(app.url(), "none");
        assert_eq!(stranger.get("/healthz").await.status, 200);
    }
}

fn recovered(app: &TestApp) -> usize {
    let is_recovered = |entry: &ideogate::audit::Entry| &*entry.action == "ideogram.api.recovered";
    app.all_entries().iter().filter(|entry| is_recovered(entry)).count()
}

#[tokio::test]
async fn identical_calls_of_clients_that_are_there_are_two_calls() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold).times(2));
    let calls = [post(&client), post(&client)];
    app.working(2).await;
    app.ideogram.release();
    for call in calls {
        let reply = call.await.unwrap();
        assert_eq!((reply.status, reply.header("ideogate-recovered")), (200, None));
    }
    assert_eq!(app.ideogram.billed_images(), 4);
    let third = client.post_text(GENERATE, BODY).await;
    assert_eq!(third.header("ideogate-recovered"), None, "a delivered answer is not reused");
    assert_eq!((app.ideogram.billed_images(), recovered(&app)), (6, 0));
}

#[tokio::test]
async fn a_retry_waits_for_the_running_call_and_gets_its_answer_once() {
    let (app, client) = abandoned().await;
    let retry = post(&client);
    settle(&app).await;
    assert_eq!((app.arrived(), retry.is_finished()), (1, false));
    assert_eq!(app.places(), (2, 0, 0), "the retry takes no place");
    app.ideogram.release();
    let reply = retry.await.unwrap();
    assert_eq!((reply.status, reply.header("ideogate-recovered")), (200, Some("true")));
    assert_eq!(reply.json()["data"].as_array().unwrap().len(), 2);
    assert_eq!((app.arrived(), app.ideogram.billed_images()), (1, 2));
    assert_eq!((recovered(&app), app.sent_entries().len()), (1, 1));
    let next = client.post_text(GENERATE, BODY).await;
    assert_eq!((next.status, next.header("ideogate-recovered")), (200, None));
    assert_eq!((app.arrived(), app.ideogram.billed_images()), (2, 4));
}

#[tokio::test]
async fn a_retry_after_the_end_gets_the_answer_and_its_own_entry() {
    let (app, client) = abandoned().await;
    app.ideogram.release();
    app.places_become((0, 0, 0)).await;
    eventually("the end is on record", || {
        app.sent_entries()[0].metadata.outcome.as_str() == "success"
    })
    .await;
    settle(&app).await;
    let reply = client.post_text(GENERATE, BODY).await;
    assert_eq!((reply.status, reply.header("ideogate-recovered")), (200, Some("true")));
    assert_eq!((app.arrived(), app.ideogram.billed_images()), (1, 2));
    let entries = app.all_entries();
    let is_recovered = |e: &&ideogate::audit::Entry| &*e.action == "ideogram.api.recovered";
    let entry = entries.iter().find(is_recovered).unwrap();
    let call = app.sent_entries()[0].metadata.call_id.clone().unwrap();
    assert_eq!(entry.metadata.more.reason.as_deref(), Some(&*format!("recovered from {call}")));
    let request = entry.metadata.request_id.as_ref().map(RequestId::as_str);
    assert_eq!(request, reply.header("ideogate-request-id"));
    assert_eq!(entry.metadata.cost_usd, None);
}

#[tokio::test]
async fn of_two_retries_one_gets_the_answer_and_the_other_is_a_call() {
    let (app, client) = abandoned().await;
    let retries = [post(&client), post(&client)];
    settle(&app).await;
    app.ideogram.release();
    let mut marks = Vec::new();
    for retry in retries {
        let reply = retry.await.unwrap();
        assert_eq!(reply.status, 200);
        marks.push(reply.header("ideogate-recovered").is_some());
    }
    marks.sort_unstable();
    assert_eq!((marks, app.ideogram.billed_images()), (vec![false, true], 4));
}

#[tokio::test]
async fn a_retry_that_cannot_wait_longer_is_told_that_the_call_runs() {
    let (app, client) = abandoned().await;
    let request = client.request("POST", GENERATE).header("ideogate-queue-timeout", "50ms");
    let request = request.header("content-type", "application/json").body(BODY);
    let reply = client.send(request).await;
    assert_eq!(reply.problem(), "409 call_in_progress");
    assert!(reply.header("retry-after").is_some());
    assert_eq!(app.arrived(), 1);
    app.entry_of("call_in_progress").await;
    app.ideogram.release();
    let reply = client.post_text(GENERATE, BODY).await;
    assert_eq!((reply.header("ideogate-recovered"), app.arrived()), (Some("true"), 1));
}

#[tokio::test]
async fn a_form_with_another_boundary_is_the_same_call() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold));
    let form = || {
        let picture = Part::bytes(vec![7; 3000]).file_name("a.png").mime_str("image/png").unwrap();
        Form::new().text("prompt", "a lighthouse").part("style_reference_images", picture)
    };
    let (first, second) = (form(), form());
    assert_ne!(first.boundary(), second.boundary());
    let call = tokio::spawn({
        let client = client.clone();
        async move { client.post_form(GENERATE, first).await }
    });
    app.working(1).await;
    call.abort();
    settle(&app).await;
    app.ideogram.release();
    let reply = client.post_form(GENERATE, second).await;
    assert_eq!((reply.header("ideogate-recovered"), app.arrived()), (Some("true"), 1), "{reply:?}");
}

#[tokio::test]
async fn another_tokens_identical_request_is_another_call() {
    let (app, _) = abandoned().await;
    app.ideogram.release();
    let reply = app.client().await.post_text(GENERATE, BODY).await;
    assert_eq!((reply.status, reply.header("ideogate-recovered")), (200, None));
    assert_eq!(app.arrived(), 2);
}

#[tokio::test]
async fn an_abandoned_call_that_fails_lets_the_retry_be_sent() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Fail).delayed(std::time::Duration::from_millis(300)));
    let mut socket = Socket::open(&app).await;
    socket.post(&client, GENERATE, BODY).await;
    app.working(1).await;
    drop(socket);
    settle(&app).await;
    let reply = client.post_text(GENERATE, BODY).await;
    assert_eq!((reply.status, reply.header("ideogate-recovered")), (200, None));
    assert_eq!((app.arrived(), app.ideogram.billed_images()), (2, 2));
}

#[tokio::test]
async fn an_abandoned_call_that_becomes_unknown_is_not_sent_again() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let act = Script::new(Act::ResetUnanswered).delayed(std::time::Duration::from_millis(300));
    app.ideogram.script(act);
    let mut socket = Socket::open(&app).await;
    socket.post(&client, GENERATE, BODY).await;
    app.working(1).await;
    drop(socket);
    settle(&app).await;
    let reply = client.post_text(GENERATE, BODY).await;
    assert_eq!((reply.problem(), app.arrived()), ("502 outcome_unknown".to_owned(), 1));
}

#[tokio::test]
async fn a_token_revoked_while_it_waits_for_an_answer_does_not_get_it() {
    let (app, client) = abandoned().await;
    let retry = post(&client);
    settle(&app).await;
    let by = Principal::LocalUser(0);
    app.running.tokens().set_state(client.id(), TokenState::Revoked, &by).await.unwrap();
    app.ideogram.release();
    assert_eq!(retry.await.unwrap().problem(), "401 token_invalid");
    assert_eq!((app.arrived(), recovered(&app)), (1, 0));
}
