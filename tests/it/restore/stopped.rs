//! What was stopped stays stopped.

use super::{Known, back_up, lose, restored, tried};
use crate::support::Home;

#[tokio::test]
async fn a_pause_holds_with_its_reason_and_its_end() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let (_, token) = home.token().await;
    let backup = back_up(&home, true).await;
    let asked = ["pause", "--environment", "app", "--reason", "a wrong bill", "--for", "3h"];
    home.run(&asked).await.good();
    assert_eq!(tried(&gateway, &token).await, 503);
    let pause = async || {
        let queue = home.queue().await;
        let mut lanes = queue["environments"].as_array().unwrap().iter();
        lanes.find(|lane| lane["name"] == "app").unwrap()["pause"].clone()
    };
    let before = pause().await;
    assert_eq!(before["reason"], "a wrong bill");
    let left = lose(&home, gateway, backup).await;

    let (gateway, _) = restored(&home, &left, Known::All).await;
    assert_eq!(pause().await, before, "with its reason and its end");
    assert_eq!(tried(&gateway, &token).await, 503);
    gateway.stop().await;
    let (gateway, _) = restored(&home, &left, Known::Trusted).await;
    assert_eq!(tried(&gateway, &token).await, 200, "without the record nobody knows of it");
    gateway.stop().await;
}

#[tokio::test]
async fn a_pause_that_was_ended_is_ended() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let (_, token) = home.token().await;
    home.run(&["pause", "--environment", "app"]).await.good();
    let backup = back_up(&home, true).await;
    home.run(&["resume", "--environment", "app"]).await.good();
    let left = lose(&home, gateway, backup).await;
    let (gateway, _) = restored(&home, &left, Known::All).await;
    assert_eq!(tried(&gateway, &token).await, 200);
    gateway.stop().await;
}
