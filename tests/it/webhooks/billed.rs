//! A webhook says that a generation ended, and not what it cost: Ideogram is asked for that.

use super::{Parcel, receiving};
use crate::support::{eventually, pass};
use ideogate::{
    domain::Usd,
    ledger::{BudgetSubject, Period},
    simulator::{Act, Script},
};
use serde_json::json;
use std::time::Duration;

const LATER: &str = "/v2/image/generate/ideogram-4-5";

#[tokio::test]
async fn what_a_webhook_ends_is_charged_by_the_table_until_ideogram_says_what_it_billed() {
    let app = receiving("").await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold).on(LATER));
    let wish = json!({"prompt": "a harbour", "quality": "low", "async": true});
    let made = client.post(LATER, &wish).await.json();
    let id = made["generation_id"].as_str().unwrap().to_owned();
    assert_eq!(app.places(), (1, 1, 0));
    let (ledger, subject) = (app.running.ledger(), BudgetSubject::Token(client.id().clone()));
    let charged = || ledger.tally(&subject, Period::Day, app.now()).charged;
    assert!(Parcel::of(&app, &id).told(&app).await.starts_with("200 "));
    assert_eq!((app.places(), charged()), ((0, 0, 0), Usd::from_micros(100_000)));
    app.ideogram.release();
    eventually("Ideogram ends it", || app.ideogram.places_in_flight() == 0).await;
    let reader = app.running.reader();
    for _ in 0..12 {
        pass(Duration::from_secs(2)).await;
        tokio::task::yield_now().await;
    }
    eventually("the bill is known", || reader.booked_calls().unwrap().is_empty()).await;
    eventually("it counts", || charged() == Usd::from_micros(40_000)).await;
    assert_eq!(app.ideogram.billed_usd_micros(), 40_000);
}
