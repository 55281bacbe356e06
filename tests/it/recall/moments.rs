//! A client may leave at any moment; its retry is never paid again.

use super::{GENERATE, settle};
use crate::support::{Socket, TestApp, TestSettings};
use ideogate::simulator::{Act, Script};

#[tokio::test]
async fn whenever_a_client_leaves_its_retry_is_not_paid_again() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Huge { bytes: 6 << 20 }).always());
    // Each leaves somewhat later than the one before: before the sending, while Ideogram answers,
    // while the end is recorded, while the answer is written.
    for round in 0..15 {
        let body = format!(r#"{{"prompt":"lighthouse {round}"}}"#);
        let mut socket = Socket::open_narrow(&app).await;
        socket.post(&client, GENERATE, &body).await;
        for _ in 0..round * 16 {
            tokio::task::yield_now().await;
        }
        socket.reset();
        settle(&app).await;
        let reply = client.post_text(GENERATE, &body).await;
        assert_eq!((reply.status, reply.body.len()), (200, 6 << 20));
        let seen = app.ideogram.seen();
        let sent = seen.calls.iter().filter(|call| call.body == body).count();
        assert_eq!(sent, 1, "round {round}");
    }
    assert_eq!(app.places(), (0, 0, 0));
}

#[tokio::test]
async fn a_client_that_leaves_while_the_end_is_recorded_gets_its_answer_by_a_retry() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold).always());
    let record = rusqlite::Connection::open(app.data().join("ideogate.db")).unwrap();
    for round in 0..5 {
        let body = format!(r#"{{"prompt":"lighthouse {round}"}}"#);
        let (mut socket, mut again) = (Socket::open(&app).await, Socket::open(&app).await);
        socket.post(&client, GENERATE, &body).await;
        app.working(round + 1).await;
        settle(&app).await;
        // Nobody else can write the record now, so that its writing takes as long as this says.
        record.execute_batch("BEGIN IMMEDIATE").unwrap();
        app.ideogram.release();
        // The places are given back right before the record is written.
        app.places_become((0, 0, 0)).await;
        drop(socket);
        again.post(&client, GENERATE, &body).await;
        settle(&app).await;
        record.execute_batch("COMMIT").unwrap();
        let head = again.read(12).await;
        assert_eq!(head, b"HTTP/1.1 200", "{}", String::from_utf8_lossy(&head));
        assert_eq!(app.arrived(), round + 1, "round {round} was sent again");
    }
}

#[tokio::test]
async fn a_twin_that_waited_in_the_queue_is_not_paid_when_the_first_lost_its_client() {
    let toml = "[accounts.ideogram]\nmax_in_flight = 1\n".to_owned();
    let app = TestApp::with(TestSettings { toml, ..TestSettings::default() }).await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold));
    let body = r#"{"prompt":"lighthouse"}"#;
    let mut first = Socket::open(&app).await;
    first.post(&client, GENERATE, body).await;
    app.working(1).await;
    let twin = tokio::spawn({
        let client = client.clone();
        async move { client.post_text(GENERATE, body).await }
    });
    app.places_become((1, 0, 1)).await;
    drop(first);
    settle(&app).await;
    app.ideogram.release();
    let twin = twin.await.unwrap();
    assert_eq!((twin.status, twin.header("ideogate-recovered")), (200, Some("true")));
    assert_eq!((app.arrived(), app.ideogram.billed_images()), (1, 1));
    app.places_become((0, 0, 0)).await;
}
