//! Ideogram does not take the key.

use super::{Ended, GENERATE, body};
use crate::support::{KEY, TestApp, pass};
use ideogate::simulator::{Act, Script};
use insta::assert_snapshot;
use std::time::Duration;

#[tokio::test]
async fn a_401_that_the_models_do_not_confirm_is_only_that_calls() {
    let ended = Ended::after(Act::status(401)).await;
    assert_snapshot!(ended, @"401 from upstream | sent 1 and 1 others, billed 0 | held 0 | failed after 401: -");
    let again = ended.client.post(GENERATE, &body()).await;
    assert_eq!((again.status, ended.app.ideogram.billed_images()), (200, 2));
}

#[tokio::test]
async fn a_confirmed_401_says_that_the_key_is_rejected() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.reject_key(KEY);
    let reply = client.post(GENERATE, &body()).await;
    let ended = Ended { app, client, reply };
    assert_snapshot!(ended, @"502 upstream_rejected_key, do not retry | sent 1 and 1 others, billed 0 | held 0 | failed after 401: key rejected");
}

#[tokio::test]
async fn calls_with_a_rejected_key_do_not_reach_ideogram_until_it_works_again() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.reject_key(KEY);
    client.post(GENERATE, &body()).await;
    let before = app.arrived();
    for _ in 0..3 {
        let reply = client.post(GENERATE, &body()).await;
        assert_eq!(reply.problem(), "503 environment_unavailable");
        assert!(matches!(reply.header("retry-after").unwrap().parse::<u64>(), Ok(1..=30)));
    }
    assert_eq!((app.arrived(), app.places()), (before, (0, 0, 0)));
    // Half a minute later one call asks for free, and learns that nothing changed.
    pass(Duration::from_secs(31)).await;
    let client = app.client().await;
    assert_snapshot!(client.post(GENERATE, &body()).await.problem(), @"503 environment_unavailable");
    assert_snapshot!(client.post(GENERATE, &body()).await.problem(), @"503 environment_unavailable");
    assert_eq!(app.arrived(), before + 1);
    app.ideogram.accept_key(KEY);
    pass(Duration::from_secs(31)).await;
    let client = app.client().await;
    assert_eq!(client.post(GENERATE, &body()).await.status, 200);
    assert_eq!(app.arrived(), before + 3);
    assert_eq!(app.ideogram.billed_images(), 2);
}

#[tokio::test]
async fn a_key_that_cannot_be_asked_about_is_not_blamed() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::status(401)).on(GENERATE));
    app.ideogram.script(Script::new(Act::ResetUnanswered).on("/models"));
    assert_eq!(client.post(GENERATE, &body()).await.status, 401);
    assert_eq!(client.post(GENERATE, &body()).await.status, 200);
}

#[tokio::test]
async fn no_place_is_held_while_the_key_is_asked_about() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::status(401)).on(GENERATE));
    let slow = Script::new(Act::status(200)).on("/models").delayed(Duration::from_millis(300));
    app.ideogram.script(slow);
    let call = tokio::spawn({
        let client = client.clone();
        async move { client.post(GENERATE, &body()).await }
    });
    app.ideogram.seen_when(|seen| seen.calls.len() == 2).await;
    assert_eq!(app.places(), (0, 0, 0));
    assert_eq!(call.await.unwrap().status, 401);
}
