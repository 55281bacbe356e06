//! Answers that nobody received, across restarts.

use super::{CANARY, GENERATE, KEY, app_with, body, holds, orphaned, post, sealed};
use crate::support::{TestApp, eventually};
use ideogate::simulator::{Act, Script};
use std::time::Duration;

#[tokio::test]
async fn an_answer_that_nobody_received_is_given_after_a_restart_once() {
    for crashes in [false, true] {
        let app = TestApp::spawn().await;
        let client = app.client().await;
        orphaned(&app, &client).await;
        let app = if crashes { app.crash().await } else { app.restart().await };
        let client = client.at(app.url());
        assert!(!holds(&app.data(), CANARY));
        let reply = client.post_text(GENERATE, &body()).await;
        assert_eq!((reply.status, reply.header("ideogate-recovered")), (200, Some("true")));
        assert_eq!(reply.json()["data"].as_array().unwrap().len(), 2);
        assert_eq!(app.arrived(), 1);
        eventually("its file is deleted", || sealed(&app).is_empty()).await;
        let app = app.restart().await;
        let next = client.at(app.url()).post_text(GENERATE, &body()).await;
        assert_eq!((next.status, next.header("ideogate-recovered")), (200, None));
        assert_eq!(app.arrived(), 2);
    }
}

#[tokio::test]
async fn a_delivered_answer_is_not_looked_for_after_a_restart() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    assert_eq!(client.post_text(GENERATE, &body()).await.status, 200);
    let app = app.restart().await;
    let client = client.at(app.url());
    let next = client.post_text(GENERATE, &body()).await;
    assert_eq!((next.status, next.header("ideogate-recovered")), (200, None));
    assert_eq!(app.arrived(), 2);
}

#[tokio::test]
async fn an_answer_that_is_lost_is_not_paid_for_again() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    orphaned(&app, &client).await;
    std::fs::remove_file(&sealed(&app)[0]).unwrap();
    let app = app.crash().await;
    let client = client.at(app.url());
    let again = client.post_text(GENERATE, &body()).await;
    assert_eq!((again.problem().as_str(), app.arrived()), ("502 outcome_unknown", 1));
    app.clock.advance(Duration::from_secs(601));
    assert_eq!(client.post_text(GENERATE, &body()).await.status, 200);
}

#[tokio::test]
async fn an_answer_that_nobody_received_is_kept_for_ten_minutes() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    orphaned(&app, &client).await;
    app.clock.advance(Duration::from_secs(601));
    eventually("its file is deleted", || sealed(&app).is_empty()).await;
    let app = app.restart().await;
    let reply = client.at(app.url()).post_text(GENERATE, &body()).await;
    assert_eq!((reply.status, reply.header("ideogate-recovered")), (200, None));
    assert_eq!(app.arrived(), 2);
}

#[tokio::test]
async fn an_environment_may_keep_no_unreceived_answers_and_keeps_its_guards() {
    let app = app_with("[environments.app]\nrecover_answers = false").await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold));
    let own = client.clone();
    let call = tokio::spawn(async move { own.post_text(GENERATE, &body()).await });
    app.ideogram.seen_when(|seen| seen.calls.iter().any(|call| call.places > 0)).await;
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    app.ideogram.release();
    eventually("its end is on record", || {
        super::entries(&app, "ideogram.api.call")
            .iter()
            .any(|entry| entry.metadata.outcome.as_str() == "success")
    })
    .await;
    let reply = client.post_text(GENERATE, &body()).await;
    assert_eq!((reply.status, reply.header("ideogate-recovered")), (200, None));
    assert!(sealed(&app).is_empty());
    app.ideogram.script(Script::new(Act::ResetAfter { bytes: 0 }));
    assert_eq!(client.post_text(GENERATE, &body()).await.status, 502);
    let again = client.post_text(GENERATE, &body()).await;
    assert_eq!(again.problem(), "502 outcome_unknown");
    let first = post(&client, KEY).await;
    super::assert_replayed(&post(&client, KEY).await, &first);
    assert_eq!(app.arrived(), 4);
}
