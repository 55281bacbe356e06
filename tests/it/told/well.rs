//! What the doctor sees of a gateway that runs.

use super::two;
use crate::support::{Home, until};
use ideogate::simulator::{Act, Script};
use serde_json::json;

const GENERATE: &str = "/v1/ideogram-v3/generate";

#[tokio::test]
async fn the_doctor_asks_the_gateway_about_its_keys_and_settings() {
    let (home, gateway, elsewhere) = two().await;
    let socket = home.data().join("admin.sock");
    let admin = ["--admin", socket.to_str().unwrap()];
    let bare = elsewhere.run_bare(&[&["doctor"], &admin[..]].concat()).await.good();
    assert!(!bare.out.contains("has no key") && !bare.out.contains("differs"), "{bare:?}");
    assert!(
        bare.out.contains("share one key") && bare.out.contains("runs and serves calls"),
        "{bare:?}"
    );
    assert!(bare.out.contains(home.data().to_str().unwrap()), "its folder, not ours: {bare:?}");
    let told = elsewhere.run(&[&["doctor"], &admin[..]].concat()).await.good();
    let settings = told.out.lines().find(|line| line.contains("differs from the gateway")).unwrap();
    assert!(settings.starts_with("warning") && settings.contains("queue.capacity"), "{settings}");
    gateway.stop().await;
}

#[tokio::test]
async fn the_doctor_tells_of_a_pause_and_of_places_that_are_held() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    home.ideogram.script(Script::new(Act::ResetUnanswered));
    assert_eq!(client.post(GENERATE, &json!({"prompt": "lost"})).await.status, 502);
    home.run(&["pause"]).await.good();
    let told = home.run(&["doctor"]).await.good();
    assert!(told.out.contains("the gateway is paused; new calls of it are refused"), "{told:?}");
    assert!(told.out.contains("held by calls whose end nobody saw"), "{told:?}");
    assert!(!told.out.contains("runs and serves calls"), "{told:?}");
    home.run(&["resume"]).await.good();
    let told = home.run(&["doctor"]).await.good();
    assert!(told.out.contains("runs and serves calls") && told.out.contains("record"), "{told:?}");
    gateway.stop().await;
}

#[tokio::test]
async fn the_doctor_tells_that_the_gateway_is_shutting_down() {
    let home = Home::new().await;
    let mut gateway = home.start().await;
    let client = home.client(&gateway).await;
    home.hold_all();
    let call = tokio::spawn(async move { client.post(GENERATE, &json!({"prompt": "held"})).await });
    until("the call arrived", async || (home.ideogram.seen().calls.len() == 1).then_some(())).await;
    gateway.signal(rustix::process::Signal::TERM);
    let told = until("it drains", async || {
        let told = home.run(&["doctor"]).await;
        told.out.contains("is shutting down").then_some(told)
    });
    assert_eq!(told.await.code, 2);
    home.ideogram.release();
    assert_eq!(call.await.unwrap().status, 200);
    assert!(gateway.ended().await.success(), "{}", gateway.log());
}
