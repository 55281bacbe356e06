//! A restart changes nothing for a pending generation.

use super::{freed, submitted};
use crate::support::{Client, eventually};
use std::time::Duration;

#[tokio::test]
async fn a_pending_generation_holds_its_place_after_a_restart_and_is_followed_again() {
    let (app, client, id) = submitted().await;
    let app = app.restart().await;
    assert_eq!(app.places(), (1, 1, 0));
    let client = Client::new(app.url(), &client.token);
    let reply = client.get(&format!("/v1/generations/{id}")).await;
    assert_eq!(reply.json()["status"], "pending");
    app.ideogram.release();
    freed(&app).await;
    eventually("its end is on record", || {
        app.sent_entries()[0].metadata.more.reason.as_deref() == Some("generation completed")
    })
    .await;
    let app = app.restart().await;
    assert_eq!(app.places(), (0, 0, 0));
    assert_eq!(app.ideogram.billed_images(), 1);
}

#[tokio::test]
async fn a_generation_whose_time_ran_out_meanwhile_holds_nothing_after_a_restart() {
    let (app, _, _) = submitted().await;
    app.clock.advance(Duration::from_secs(121));
    let app = app.restart().await;
    freed(&app).await;
    assert_eq!(app.places(), (0, 0, 0));
}
