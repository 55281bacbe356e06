//! An answer whose last byte was not taken is kept, however often that happens.

use super::{BODY, GENERATE, settle};
use crate::support::{Socket, TestApp};
use ideogate::simulator::{Act, Script};

const LARGE: u64 = 24 << 20;

#[tokio::test]
async fn an_answer_dropped_halfway_is_kept_until_somebody_takes_all_of_it() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Huge { bytes: LARGE }));
    for _ in 0..3 {
        let mut socket = Socket::open_narrow(&app).await;
        socket.post(&client, GENERATE, BODY).await;
        let head = socket.read(100).await;
        assert!(head.starts_with(b"HTTP/1.1 200 OK"), "{}", String::from_utf8_lossy(&head));
        socket.reset();
        settle(&app).await;
        assert_eq!((app.arrived(), app.places()), (1, (0, 0, 0)));
    }
    let reply = client.post_text(GENERATE, BODY).await;
    assert_eq!((reply.status, reply.header("ideogate-recovered")), (200, Some("true")));
    assert_eq!((reply.body.len() as u64, app.arrived()), (LARGE, 1));
    let next = client.post_text(GENERATE, BODY).await;
    assert_eq!((next.header("ideogate-recovered"), app.arrived()), (None, 2));
    let outcomes: Vec<_> =
        app.sent_entries().iter().map(|entry| entry.metadata.outcome.as_str()).collect();
    assert_eq!(outcomes, ["success", "success"]);
}

#[tokio::test]
async fn a_client_that_reads_slowly_holds_no_place() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Huge { bytes: LARGE }));
    let mut socket = Socket::open_narrow(&app).await;
    socket.post(&client, GENERATE, BODY).await;
    socket.read(100).await;
    assert_eq!(app.places(), (0, 0, 0));
    assert_eq!(app.sent_entries()[0].metadata.outcome.as_str(), "success");
    // It is there, so the same request is another call.
    let reply = client.post_text(GENERATE, BODY).await;
    assert_eq!((reply.header("ideogate-recovered"), app.arrived()), (None, 2));
}
