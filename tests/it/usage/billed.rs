//! A call is charged what Ideogram billed for it, whether its client waited or polled.

use super::{LATER, assert_all_say, token};
use crate::support::{TestApp, eventually, pass};
use ideogate::{
    domain::{Timestamp, Usd},
    ledger::{BudgetSubject, Period},
    simulator::{Act, Script},
    tokens::{Asked, AskedLimits, NewToken},
};
use serde_json::{Value, json};
use std::time::Duration;

const POLLS: &str = "GET /v2/generations/*";

fn wish(quality: &str) -> Value {
    json!({"prompt": "a harbour", "quality": quality})
}

/// Waits until the gateway has recorded what was billed for everything.
async fn settled(app: &TestApp) {
    let reader = app.running.reader();
    eventually("every bill is known", || reader.booked_calls().unwrap().is_empty()).await;
    // The ledger follows the store.
    let (ledger, account) =
        (app.running.ledger(), BudgetSubject::Account("ideogram".parse().unwrap()));
    let stored =
        || reader.spend(Timestamp::from_micros(0)).unwrap().iter().map(|s| s.charged).sum();
    let counted = || ledger.tally(&account, Period::Month, app.now()).charged;
    eventually("it counts", || counted() == stored()).await;
}

/// Waits until so many calls arrived at Ideogram.
async fn arrive(app: &TestApp, calls: usize) {
    eventually("they arrive", || app.arrived() == calls).await;
}

#[tokio::test]
async fn a_call_that_waits_costs_what_it_costs_when_it_is_polled() {
    let app = TestApp::spawn().await;
    let client = app.client_of(token()).await;
    let expected = [("very_low", "0.02"), ("low", "0.06"), ("medium", "0.12"), ("high", "0.22")];
    for (quality, sum) in expected {
        let waited = client.post(LATER, &wish(quality)).await;
        assert_eq!(waited.status, 200, "{waited:?}");
        settled(&app).await;
        assert_all_say(&app, &client, sum, "0.00").await;
    }
    assert_eq!(app.ideogram.billed_usd_micros(), 220_000);
    let entry = app.entries().await.remove(0);
    insta::assert_snapshot!(
        entry.metadata.more.reason.unwrap(),
        @"charged as Ideogram billed it; by the price table it was $0.10"
    );
    assert_eq!((entry.metadata.status, entry.metadata.more.images), (Some(200), Some(1)));
    for (quality, _) in expected {
        let mut wish = wish(quality);
        wish["async"] = json!(true);
        assert_eq!(client.post(LATER, &wish).await.status, 200);
    }
    let reader = app.running.reader();
    for _ in 0..20 {
        pass(Duration::from_secs(5)).await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    eventually("all end", || reader.pending_generations().unwrap().is_empty()).await;
    assert_all_say(&app, &client, "0.44", "0.00").await;
    let app = app.restart().await;
    assert_all_say(&app, &client.at(app.url()), "0.44", "0.00").await;
}

#[tokio::test]
async fn asking_for_the_bill_is_in_nobodys_way_and_takes_nothing() {
    let app = TestApp::spawn().await;
    let client = app
        .client_of(NewToken {
            limits: AskedLimits { rate: Asked::Is("2/min".to_owned()), ..token().limits },
            ..token()
        })
        .await;
    app.ideogram.script(Script::new(Act::Hang).on(POLLS));
    let reply = client.post(LATER, &wish("low")).await;
    assert_eq!((reply.status, reply.header("ideogate-cost-usd")), (200, Some("0.10")));
    arrive(&app, 2).await;
    assert_eq!(app.places(), (0, 0, 0), "asking takes no place");
    assert_all_say(&app, &client, "0.10", "0.00").await;
    let usage = app.ask("/api/v1/usage").await;
    assert_eq!((&usage[0]["calls"], &usage[0]["images"]), (&json!(1), &json!(1)), "{usage}");
    assert_eq!(app.entries().await.len(), 1, "asking is no call of anybody's");
    assert_eq!(client.post(LATER, &wish("low")).await.status, 200, "nor does it use up a rate");
    assert_eq!(client.post(LATER, &wish("low")).await.problem(), "429 rate_limited");
}

#[tokio::test]
async fn a_crash_before_the_bill_leaves_the_upper_price_and_the_next_start_asks_again() {
    let app = TestApp::spawn().await;
    let client = app.client_of(token()).await;
    app.ideogram.script(Script::new(Act::status(503)).on(POLLS).always());
    assert_eq!(client.post(LATER, &wish("low")).await.status, 200);
    eventually("it is asked for", || app.arrived() >= 2).await;
    let app = app.crash().await;
    let client = client.at(app.url());
    let asked = app.arrived();
    eventually("it is asked for again", || app.arrived() > asked).await;
    assert_all_say(&app, &client, "0.10", "0.00").await;
    let app = app.crash().await;
    let client = client.at(app.url());
    app.ideogram.forget_scripts();
    settled(&app).await;
    assert_all_say(&app, &client, "0.04", "0.00").await;
    let app = app.restart().await;
    assert_all_say(&app, &client.at(app.url()), "0.04", "0.00").await;
    // What is left of the lives that crashed may still ask; this one has nothing to ask for.
    assert!(app.running.reader().booked_calls().unwrap().is_empty(), "what is known is settled");
}

#[tokio::test]
async fn a_bill_above_the_table_is_booked_and_counts_against_the_budget_of_the_day_it_was_made() {
    let app = TestApp::spawn().await;
    let new = NewToken {
        limits: AskedLimits { daily_budget: Asked::Is("0.30".to_owned()), ..token().limits },
        ..token()
    };
    let client = app.client_of(new).await;
    let dear = r#"{"status":"completed","usage_cost_usd_micros":250001,"data":[]}"#;
    app.ideogram.script(Script::new(Act::json(503, "{}")).on(POLLS));
    app.ideogram.script(Script::new(Act::json(200, dear)).on(POLLS));
    assert_eq!(client.post(LATER, &wish("high")).await.status, 200);
    arrive(&app, 2).await;
    let yesterday = app.now();
    app.clock.advance(Duration::from_hours(24));
    pass(Duration::from_secs(2)).await;
    settled(&app).await;
    let ledger = app.running.ledger();
    let subject = BudgetSubject::Token(client.id().clone());
    let charged = |at: Timestamp| ledger.tally(&subject, Period::Day, at).charged;
    eventually("it counts", || charged(yesterday) == Usd::from_micros(250_001)).await;
    assert_eq!(charged(app.now()), Usd::ZERO);
    app.ideogram.script(Script::new(Act::json(200, dear)).on(POLLS));
    assert_eq!(client.post(LATER, &wish("high")).await.status, 200);
    eventually("it counts", || charged(app.now()) == Usd::from_micros(250_001)).await;
    assert_eq!(client.post(LATER, &wish("high")).await.problem(), "402 budget_exceeded");
    assert_eq!(ledger.tally(&subject, Period::Month, app.now()).charged.as_micros(), 500_002);
}

#[tokio::test]
async fn a_clients_own_poll_tells_the_bill_as_well() {
    let app = TestApp::spawn().await;
    let client = app.client_of(token()).await;
    app.ideogram.script(Script::new(Act::status(503)).on(POLLS));
    let made = client.post(LATER, &wish("very_low")).await.json();
    arrive(&app, 2).await;
    let id = made["generation_id"].as_str().unwrap();
    let polled = client.get(&format!("/v2/generations/{id}")).await;
    assert_eq!(polled.json()["usage_cost_usd_micros"], 20_000);
    assert!(app.running.reader().booked_calls().unwrap().is_empty());
    assert_all_say(&app, &client, "0.02", "0.00").await;
    pass(Duration::from_mins(10)).await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(app.arrived(), 3, "nobody asks again");
}

#[tokio::test]
async fn ideogram_is_asked_four_times_at_most() {
    let app = TestApp::spawn().await;
    let client = app.client_of(token()).await;
    let silent = r#"{"status":"completed","usage_cost_usd_micros":null,"data":[]}"#;
    app.ideogram.script(Script::new(Act::json(200, silent)).on(POLLS).times(100));
    assert_eq!(client.post(LATER, &wish("low")).await.status, 200);
    for (asked, pause) in [(1, 2), (2, 20), (3, 300)] {
        arrive(&app, 1 + asked).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        pass(Duration::from_secs(pause)).await;
    }
    settled(&app).await;
    assert_eq!(app.arrived(), 5);
    assert_all_say(&app, &client, "0.10", "0.00").await;
    let app = app.restart().await;
    assert_all_say(&app, &client.at(app.url()), "0.10", "0.00").await;
    assert_eq!(app.arrived(), 5, "what Ideogram never says is not asked for again");
}
