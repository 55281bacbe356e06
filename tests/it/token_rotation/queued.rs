//! Calls that wait while their token is rotated.

use super::{ended, grace, later, one_place, picture, rotate, waiting};
use crate::support::{TestApp, pass};
use ideogate::{
    simulator::{Act, Script},
    tokens::RotationRequest,
};
use std::time::Duration;

#[tokio::test]
async fn no_call_fails_that_waits_with_either_secret_within_the_grace() {
    let app = one_place().await;
    let old = app.client().await;
    let (running, queued) = waiting(&app, &old, 2).await;
    let new = rotate(&app, &old, &RotationRequest::default()).await;
    let more = [later(&old), later(&new)];
    crate::support::eventually("four wait", || app.places().2 == 4).await;
    app.ideogram.release();
    for call in queued.into_iter().chain(more).chain([running]) {
        assert_eq!(ended(call).await.status, 200);
    }
    assert_eq!(app.arrived(), 5);
}

/// The token lives, so it is the secret that is asked about again.
#[tokio::test]
async fn an_end_without_grace_reaches_calls_that_wait_with_the_old_secret_alone() {
    let app = one_place().await;
    let old = app.client().await;
    let (running, queued) = waiting(&app, &old, 2).await;
    let new = rotate(&app, &old, &grace("0s")).await;
    for call in queued {
        assert_eq!(ended(call).await.problem(), "401 token_invalid");
    }
    assert_eq!(app.places().2, 0);
    app.ideogram.release();
    assert_eq!(ended(running).await.status, 200);
    assert_eq!(picture(&new).await.status, 200);
    assert_eq!(app.arrived(), 2, "nothing that came with the old secret was sent");
    let refused = ["token_invalid: secret replaced", "token_invalid: secret replaced"];
    assert_eq!(app.refusals().await, refused);
}

#[tokio::test]
async fn calls_with_the_new_secret_wait_on_when_the_rotation_is_finished() {
    let app = one_place().await;
    let old = app.client().await;
    let new = rotate(&app, &old, &RotationRequest::default()).await;
    let (running, queued) = waiting(&app, &new, 1).await;
    let lost = later(&old);
    crate::support::eventually("two wait", || app.places().2 == 2).await;
    app.running.tokens().finish_rotation(old.id(), &super::BY).await.unwrap();
    assert_eq!(ended(lost).await.problem(), "401 token_invalid");
    app.ideogram.release();
    assert_eq!(ended(running).await.status, 200);
    for call in queued {
        assert_eq!(ended(call).await.status, 200);
    }
    assert_eq!(app.arrived(), 2);
}

#[tokio::test]
async fn a_grace_that_ends_while_a_call_waits_sends_nothing() {
    let app = one_place().await;
    let old = app.client().await;
    let (running, queued) = waiting(&app, &old, 1).await;
    rotate(&app, &old, &grace("1m")).await;
    app.clock.advance(Duration::from_mins(1));
    app.ideogram.release();
    assert_eq!(ended(running).await.status, 200);
    for call in queued {
        assert_eq!(ended(call).await.problem(), "401 token_invalid");
    }
    assert_eq!(app.arrived(), 1);
    assert_eq!(app.refusals().await, ["token_invalid: secret replaced"]);
}

/// Ideogram said 429, and the call waits for its place once more: time alone ends the secret then.
#[tokio::test]
async fn a_grace_that_ends_between_a_429_and_the_next_try_sends_nothing_again() {
    let app = TestApp::spawn().await;
    let old = app.client().await;
    app.ideogram.script(Script::new(Act::Hold));
    let running = later(&app.client().await);
    app.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    rotate(&app, &old, &grace("1m")).await;
    app.ideogram.script(Script::new(Act::status(429)));
    let call = later(&old);
    crate::support::eventually("it was refused for now", || app.attempts() == [429]).await;
    app.places_become((1, 0, 1)).await;
    app.clock.advance(Duration::from_mins(1));
    app.ideogram.release();
    assert_eq!(ended(running).await.status, 200);
    pass(Duration::from_secs(5)).await;
    assert_eq!(ended(call).await.problem(), "401 token_invalid");
    assert_eq!(app.arrived(), 2, "the call was sent once, and refused");
}

#[tokio::test]
async fn a_call_that_was_sent_is_finished_although_its_secret_ended() {
    let app = one_place().await;
    let old = app.client().await;
    app.ideogram.script(Script::new(Act::Hold));
    let running = later(&old);
    app.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    rotate(&app, &old, &grace("0s")).await;
    app.ideogram.release();
    assert_eq!(ended(running).await.status, 200);
    assert_eq!(picture(&old).await.problem(), "401 token_invalid");
    assert_eq!(app.arrived(), 1);
}
