//! What a key keeps, and what frees it.

use super::{KEY, assert_replayed, entries, post, posting, sealed, working};
use crate::support::TestApp;
use ideogate::simulator::{Act, Script, SeenCall};

#[tokio::test]
async fn what_ideogram_says_of_the_request_itself_is_said_again() {
    for status in [400, 422] {
        let app = TestApp::spawn().await;
        let client = app.client().await;
        app.ideogram.script(Script::new(Act::status(status)));
        let first = post(&client, KEY).await;
        assert_eq!(first.status, status);
        let again = post(&client, KEY).await;
        assert_replayed(&again, &first);
        assert_eq!(again.header("ideogate-error-source"), Some("upstream"));
        assert_eq!(app.arrived(), 1);
        let replayed = entries(&app, "ideogram.api.replayed");
        assert_eq!(replayed[0].metadata.outcome.as_str(), "failed");
    }
}

#[tokio::test]
async fn what_was_not_billed_frees_the_key() {
    for status in [401, 403, 404, 500, 503] {
        let app = TestApp::spawn().await;
        let client = app.client().await;
        app.ideogram.script(Script::new(Act::status(status)).on("POST /v1/*"));
        let first = post(&client, KEY).await;
        assert_eq!(first.status, status);
        let app = app.restart().await;
        let client = client.at(app.url());
        let again = post(&client, KEY).await;
        assert_eq!((again.status, again.header("idempotent-replayed")), (200, None), "{status}");
        assert_replayed(&post(&client, KEY).await, &again);
        let is_call = |call: &&SeenCall| call.method == "POST";
        assert_eq!(app.ideogram.seen().calls.iter().filter(is_call).count(), 2);
    }
}

#[tokio::test]
async fn an_unknown_end_is_told_again_before_and_after_a_restart() {
    for act in [Act::ResetAfter { bytes: 0 }, Act::Truncate { bytes: 20 }, Act::page(502)] {
        let app = TestApp::spawn().await;
        let client = app.client().await;
        app.ideogram.script(Script::new(act.clone()));
        assert_eq!(post(&client, KEY).await.status, 502);
        let again = post(&client, KEY).await;
        assert_eq!(again.problem(), "502 outcome_unknown", "{act:?}");
        assert_eq!(again.header("x-should-retry"), Some("false"));
        let app = app.restart().await;
        let client = client.at(app.url());
        assert_eq!(post(&client, KEY).await.problem(), "502 outcome_unknown");
        assert_eq!(app.arrived(), 1);
        assert!(sealed(&app).is_empty());
    }
}

#[tokio::test]
async fn a_call_that_ran_when_the_machine_stopped_is_unknown() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold));
    let cut_off = posting(&client, KEY);
    working(&app, 1).await;
    let app = app.crash().await;
    let client = client.at(app.url());
    app.ideogram.release();
    assert_eq!(post(&client, KEY).await.problem(), "502 outcome_unknown");
    let app = app.restart().await;
    assert_eq!(post(&client.at(app.url()), KEY).await.problem(), "502 outcome_unknown");
    assert_eq!(app.arrived(), 1);
    cut_off.abort();
}
