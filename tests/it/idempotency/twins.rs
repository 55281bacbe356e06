//! Many tries at once.

use super::{GENERATE, KEY, app_with, assert_replayed, body, entries, post, posting, working};
use crate::support::TestApp;
use ideogate::{
    domain::{Principal, TokenState},
    simulator::{Act, Script},
};

#[tokio::test]
async fn a_hundred_tries_with_one_key_are_one_call_and_get_the_same_bytes() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold));
    let tries: Vec<_> = (0..100).map(|_| posting(&client, KEY)).collect();
    working(&app, 1).await;
    app.ideogram.release();
    let mut replies = Vec::new();
    for reply in tries {
        replies.push(reply.await.unwrap());
    }
    let (first, again): (Vec<_>, Vec<_>) =
        replies.into_iter().partition(|reply| reply.header("idempotent-replayed").is_none());
    assert_eq!((first.len(), again.len()), (1, 99));
    assert_eq!(first[0].status, 200);
    for reply in &again {
        assert_replayed(reply, &first[0]);
    }
    assert_eq!((app.arrived(), app.ideogram.billed_images()), (1, 2));
    let call = &app.ideogram.seen().calls[0];
    assert_eq!(call.header("idempotency-key"), None, "the key is not Ideogram's business");
    let replayed = entries(&app, "ideogram.api.replayed");
    assert_eq!((replayed.len(), entries(&app, "ideogram.api.call").len()), (99, 1));
    assert!(replayed.iter().all(|entry| entry.metadata.cost_usd.is_none()));
}

#[tokio::test]
async fn a_twin_waits_without_a_place_and_no_longer_than_the_queue_timeout() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold));
    let first = posting(&client, KEY);
    working(&app, 1).await;
    let request = client.request("POST", GENERATE).header("Idempotency-Key", KEY);
    let request = request.header("Ideogate-Queue-Timeout", "50ms");
    let twin = client.send(request.header("content-type", "application/json").body(body())).await;
    assert_eq!(twin.problem(), "409 call_in_progress");
    assert!(twin.header("retry-after").is_some());
    let status = app.running.admission().status();
    let account = status.iter().find(|account| account.name.as_str() == "ideogram").unwrap();
    assert_eq!((account.in_use, account.queued), (2, 0), "only the first call has places");
    app.ideogram.release();
    let first = first.await.unwrap();
    assert_replayed(&post(&client, KEY).await, &first);
    assert_eq!(app.arrived(), 1);
}

#[tokio::test]
async fn a_twin_goes_on_when_the_first_try_was_never_sent() {
    let app = app_with("[accounts.ideogram]\nmax_in_flight = 2").await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold));
    let other = posting(&client, "another");
    working(&app, 1).await;
    let request = client.request("POST", GENERATE).header("Idempotency-Key", KEY);
    let request = request.header("Ideogate-Queue-Timeout", "50ms");
    let first = client.send(request.header("content-type", "application/json").body(body())).await;
    assert_eq!(first.problem(), "429 queue_timeout");
    let again = posting(&client, KEY);
    app.ideogram.release();
    assert_eq!(other.await.unwrap().status, 200);
    let again = again.await.unwrap();
    assert_eq!((again.status, again.header("idempotent-replayed")), (200, None));
    assert_eq!(app.arrived(), 2);
}

#[tokio::test]
async fn a_twin_whose_token_is_revoked_while_it_waits_gets_nothing() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold));
    let tries = [posting(&client, KEY), posting(&client, KEY)];
    working(&app, 1).await;
    let by = Principal::LocalUser(0);
    app.running.tokens().set_state(client.id(), TokenState::Revoked, &by).await.unwrap();
    app.ideogram.release();
    let mut statuses = Vec::new();
    for reply in tries {
        statuses.push(reply.await.unwrap().status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401], "what was sent is answered, the twin is not");
    assert_eq!(app.arrived(), 1);
}

#[tokio::test]
async fn a_client_that_leaves_finds_its_answer_under_its_key() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold));
    let first = posting(&client, KEY);
    working(&app, 1).await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    let again = posting(&client, KEY);
    let other = posting(&client, "another");
    working(&app, 2).await;
    app.ideogram.release();
    let again = again.await.unwrap();
    assert_eq!((again.status, again.header("idempotent-replayed")), (200, Some("true")));
    let other = other.await.unwrap();
    assert_eq!(other.header("ideogate-recovered"), None, "another key is another call");
    assert_replayed(&post(&client, "another").await, &other);
    assert_eq!(app.arrived(), 2);
}
