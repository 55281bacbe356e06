//! Between the proof and the commit: nothing is acknowledged that is not durable.

use super::{Parcel, receiving, still_pending, submitted, submitted_at};
use crate::support::{Raw, TestApp, eventually, sweep, until};
use rusqlite::Connection;
use std::{fmt::Write, time::Duration};

fn database(app: &TestApp) -> Connection {
    let files = std::fs::read_dir(app.data()).unwrap().map(|entry| entry.unwrap().path());
    let file =
        files.filter(|path| path.extension().is_some_and(|end| end == "db" || end == "sqlite"));
    let connection = Connection::open(file.last().unwrap()).unwrap();
    connection.busy_timeout(Duration::from_secs(5)).unwrap();
    connection
}

#[tokio::test]
async fn a_delivery_whose_commit_fails_is_not_acknowledged_and_changes_nothing() {
    let (app, _, id) = submitted().await;
    let other = database(&app);
    other
        .execute_batch(
            "CREATE TRIGGER no_room BEFORE INSERT ON webhook_deliveries
             BEGIN SELECT RAISE(FAIL, 'no room'); END",
        )
        .unwrap();
    let parcel = Parcel::of(&app, &id);
    assert_eq!(parcel.told(&app).await, "503 audit_unavailable");
    still_pending(&app).await;
    other.execute_batch("DROP TRIGGER no_room").unwrap();
    drop(other);
    let ends = async || (parcel.told(&app).await == "200 ended").then_some(());
    until("the next try counts", ends).await;
    assert_eq!(app.places(), (0, 0, 0));
}

#[tokio::test]
async fn a_crash_between_proof_and_commit_leaves_it_pending_and_the_next_try_counts() {
    let app = receiving("[webhooks]\nwait = \"0s\"\n").await;
    let (_, id) = submitted_at(&app).await;
    let parcel = Parcel::of(&app, &id);
    let other = database(&app);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    // One of the two is being committed, which cannot go on; the other is told so.
    let told = tokio::select! {
        told = parcel.told(&app) => told,
        told = parcel.told(&app) => told,
    };
    assert_eq!(told, "503 audit_unavailable");
    assert_eq!(app.places(), (1, 1, 0), "nothing is free before it is durable");
    let app = app.crash().await;
    other.execute_batch("ROLLBACK").ok();
    drop(other);
    assert_eq!(app.places(), (1, 1, 0), "held again after the crash");
    assert!(
        app.running
            .reader()
            .delivery(&ideogate::domain::GenerationId::new(&*id))
            .unwrap()
            .is_none()
    );
    assert_eq!(parcel.told(&app).await, "200 ended");
    assert_eq!(app.places(), (0, 0, 0));
}

#[tokio::test]
async fn a_sender_that_hangs_up_during_the_commit_does_not_undo_it() {
    let (app, _, id) = submitted().await;
    let parcel = Parcel::of(&app, &id);
    // The keys are there, so that nothing but the commit takes time.
    let early = Parcel::of(&app, &id).with("x-ideogram-webhook-signature", &"0".repeat(128));
    early.told(&app).await;
    let other = database(&app);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut socket = Raw::connect(&app.url()).await;
    let mut request = format!(
        "POST {} HTTP/1.1\r\nHost: gateway\r\nContent-Length: {}\r\n",
        super::PATH,
        parcel.body.len()
    );
    for (name, value) in &parcel.headers {
        write!(request, "{name}: {value}\r\n").unwrap();
    }
    request.push_str("\r\n");
    socket.write(&[request.as_bytes(), &parcel.body].concat()).await;
    // What comes next is the commit, which waits for the lock.
    eventually("it is verified", || sweep::is_logged("webhook verified")).await;
    assert_eq!(app.places(), (1, 1, 0));
    drop(socket);
    let gone = "ideogate_connections{listener=\"proxy\"} 0";
    eventually("the sender is gone", || app.running.metrics().render().contains(gone)).await;
    other.execute_batch("ROLLBACK").unwrap();
    eventually("it ends all the same", || app.places() == (0, 0, 0)).await;
    assert_eq!(parcel.told(&app).await, "200 no_effect");
}
