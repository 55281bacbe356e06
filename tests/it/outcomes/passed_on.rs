//! Free routes: whatever goes wrong there, nothing is unknown.

use crate::support::TestApp;
use ideogate::simulator::{Act, Script};

#[tokio::test]
async fn a_free_read_is_never_unknown_and_may_be_tried_again() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let garbage = Act::Raw { text: "hello\r\n\r\n".to_owned() };
    let elsewhere = Act::redirect(302, "/v1/ideogram-v3/generate");
    for act in [
        Act::ResetUnanswered,
        Act::ResetAfter { bytes: 20 },
        Act::Truncate { bytes: 3 },
        garbage,
        elsewhere,
    ] {
        app.ideogram.script(Script::new(act).on("/models"));
        let reply = client.get("/models").await;
        assert_eq!(reply.problem(), "502 upstream_unreachable");
        assert_eq!(reply.header("x-should-retry"), None);
        assert_eq!(client.get("/models").await.status, 200);
        assert_eq!(app.places(), (0, 0, 0));
    }
    assert_eq!(app.arrived(), 10);
    let outcomes: Vec<_> =
        app.sent_entries().iter().map(|entry| entry.metadata.outcome.as_str()).collect();
    assert_eq!(outcomes, ["failed", "success"].repeat(5));
}

#[tokio::test]
async fn a_page_of_a_balancer_on_a_free_read_is_passed_on() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::page(502)).on("/models"));
    let reply = client.get("/models").await;
    assert_eq!((reply.status, reply.header("x-should-retry")), (502, None));
    assert_eq!(reply.header("ideogate-error-source"), Some("upstream"));
    assert_eq!(app.sent_entries()[0].metadata.outcome.as_str(), "failed");
}

#[tokio::test]
async fn a_429_on_a_free_read_is_no_drift() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::status(429)).on("/models"));
    assert_eq!(client.get("/models").await.status, 429);
    assert_eq!((app.account().effective_cap, app.attempts().len()), (10, 0));
}
