//! A delivery may overtake its own call's answer: it waits, but not for ever, and not unverified.

use super::{Parcel, SUBMIT, receiving, submitted_at};
use crate::support::eventually;
use ideogate::simulator::{Act, Script, Twist};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_delivery_that_overtakes_its_answer_waits_for_it() {
    let app = receiving("").await;
    let client = app.client().await;
    let script = Script::new(Act::Hold).on(&format!("POST {SUBMIT}")).webhook(Twist::Early);
    app.ideogram.script(script);
    let calling =
        tokio::spawn(
            async move { client.post(SUBMIT, &json!({"text_prompt": "a lighthouse"})).await },
        );
    // It is sent, the keys were fetched, and it is not answered yet.
    app.ideogram.seen_when(|seen| seen.deliveries.len() == 1).await;
    eventually("keys are fetched", || super::key_fetches(&app) == 1).await;
    assert_eq!(app.ideogram.seen().deliveries[0].status, None);
    app.ideogram.release();
    let reply = calling.await.unwrap();
    assert_eq!(reply.status, 200, "{reply:?}");
    let seen = app.ideogram.seen_when(|seen| seen.deliveries.iter().any(|one| one.is_over)).await;
    assert_eq!((seen.deliveries.len(), seen.deliveries[0].status), (1, Some(200)));
    app.places_become((0, 0, 0)).await;
    let told = "generation completed, as a webhook told";
    assert_eq!(super::reason(&app).as_deref(), Some(told));
}

#[tokio::test]
async fn a_delivery_whose_call_never_comes_is_sent_away_when_its_wait_is_over() {
    let app = receiving("[webhooks]\nwait = \"200ms\"\n").await;
    let started = tokio::time::Instant::now();
    assert_eq!(Parcel::of(&app, "never-submitted").told(&app).await, "404 generation_unknown");
    assert!(started.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn nothing_waits_before_it_is_verified() {
    let app = receiving("[webhooks]\nwait = \"1h\"\n").await;
    let forged =
        Parcel::of(&app, "never-submitted").with("x-ideogram-webhook-signature", &"0".repeat(128));
    // It would hang here.
    assert_eq!(forged.told(&app).await, "403 webhook_rejected");
}

#[tokio::test]
async fn those_that_wait_are_bounded_and_hold_up_nobody() {
    let app = receiving("[webhooks]\nwait = \"1h\"\n").await;
    app.client().await;
    let (client, mut waiting) = (reqwest::Client::new(), Vec::new());
    for number in 0..280 {
        let parcel = Parcel::of(&app, &format!("unknown-{number}"));
        let request = request(&client, &app.url(), parcel);
        waiting.push(tokio::spawn(request.send()));
    }
    // There are 256 seats, which nobody gives back in this test.
    eventually("those without a seat are sent away", || {
        waiting.iter().filter(|request| request.is_finished()).count() >= 280 - 256
    })
    .await;
    let (told, waiting): (Vec<_>, Vec<_>) =
        waiting.into_iter().partition(tokio::task::JoinHandle::is_finished);
    assert_eq!((told.len(), waiting.len()), (280 - 256, 256));
    for answer in told {
        assert_eq!(answer.await.unwrap().unwrap().status(), 429);
    }
    let (_, id) = submitted_at(&app).await;
    assert_eq!(Parcel::of(&app, &id).told(&app).await, "200 ended");
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
}

fn request(client: &reqwest::Client, url: &str, parcel: Parcel) -> reqwest::RequestBuilder {
    let mut request = client.post(format!("{url}{}", super::PATH));
    for (name, value) in &parcel.headers {
        request = request.header(name, value);
    }
    request.body(parcel.body)
}
