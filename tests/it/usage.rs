//! What was spent is one number, whoever is asked: the budgets, the usage and the audit agree.

use crate::support::{Client, TestApp, TestSettings, eventually};
use ideogate::{
    domain::{Outcome, Usd},
    ledger::{BudgetSubject, Period},
    simulator::{Act, Script},
    tokens::{Asked, AskedLimits, NewToken},
};
use serde_json::{Value, json};
use std::time::Duration;

mod agreed;
mod billed;
mod reads;
mod written_off;

const GENERATE: &str = "/v1/ideogram-v3/generate";
const LATER: &str = "/v2/image/generate/ideogram-4-5";

fn token() -> NewToken {
    NewToken {
        environment: "app".to_owned(),
        name: "poster-bot".to_owned(),
        owner: Some("marketing".to_owned()),
        scopes: vec!["read:*".to_owned(), "write:*".to_owned()],
        limits: AskedLimits {
            daily_budget: Asked::Is("5.00".to_owned()),
            monthly_budget: Asked::Is("50.00".to_owned()),
            rate: Asked::Is("600/min".to_owned()),
            ..AskedLimits::default()
        },
        ..NewToken::default()
    }
}

/// What was charged and what is reserved.
type Money = (String, String);

fn money(charged: Usd, reserved: Usd) -> Money {
    (charged.to_string(), reserved.to_string())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Returns what everybody who knows of money says, one after the other.
async fn all_say(app: &TestApp, client: &Client) -> Vec<Money> {
    let mut said = Vec::new();
    let tally = app.running.ledger().tally(
        &BudgetSubject::Token(client.id().clone()),
        Period::Day,
        app.now(),
    );
    said.push(money(tally.charged, tally.reserved));
    for by in ["environment", "token", "account"] {
        let lines = app.ask(&format!("/api/v1/usage?by={by}")).await;
        let line = &lines.as_array().unwrap()[0];
        said.push((text(&line["cost_usd"]), text(&line["reserved_usd"])));
    }
    let (mut charged, mut reserved) = (Usd::ZERO, Usd::ZERO);
    for entry in app.entries().await {
        let told = &entry.metadata;
        charged = charged.plus(told.cost_usd.unwrap_or_default());
        if told.cost_usd.is_none() && told.outcome != Outcome::Refused {
            reserved = reserved.plus(told.more.reserved_usd.unwrap_or_default());
        }
    }
    said.push(money(charged, reserved));
    let budgets = client.get("/_ideogate/whoami").await.json()["budgets"].clone();
    assert_eq!(budgets.as_array().unwrap().len(), 2);
    for budget in budgets.as_array().unwrap() {
        said.push((text(&budget["charged_usd"]), text(&budget["reserved_usd"])));
    }
    said
}

async fn assert_all_say(app: &TestApp, client: &Client, charged: &str, reserved: &str) {
    let said = all_say(app, client).await;
    let expected = (charged.to_owned(), reserved.to_owned());
    assert_eq!(said, vec![expected; said.len()]);
}

#[tokio::test]
async fn ledger_store_and_audit_agree_on_calls_that_succeeded_failed_are_unknown_or_pending() {
    let app = TestApp::spawn().await;
    let client = app.client_of(token()).await;
    let two = json!({"prompt": "a lighthouse", "num_images": 2});
    assert_eq!(client.post(GENERATE, &two).await.status, 200);
    app.ideogram.script(Script::new(Act::status(422)));
    assert_eq!(client.post(GENERATE, &two).await.status, 422);
    assert_all_say(&app, &client, "0.12", "0.00").await;

    app.ideogram.script(Script::new(Act::ResetUnanswered));
    let lost = client.post(GENERATE, &json!({"prompt": "a storm"})).await;
    assert_eq!(lost.problem(), "502 outcome_unknown");
    assert_all_say(&app, &client, "0.12", "0.06").await;

    app.ideogram.script(Script::new(Act::Hold).on(LATER));
    let pending = client
        .post(LATER, &json!({"prompt": "a harbour", "quality": "medium", "async": true}))
        .await;
    assert_eq!(pending.status, 200, "{pending:?}");
    assert_all_say(&app, &client, "0.12", "0.12").await;

    let app = app.restart().await;
    let client = client.at(app.url());
    assert_all_say(&app, &client, "0.12", "0.12").await;

    app.ideogram.release();
    let ledger = app.running.ledger();
    let subject = BudgetSubject::Token(client.id().clone());
    let now = app.now();
    let settled = || ledger.tally(&subject, Period::Day, now).charged == Usd::from_micros(180_000);
    eventually("the generation is settled", settled).await;
    eventually("the settlement is in the store", || {
        app.running.reader().pending_generations().unwrap().is_empty()
    })
    .await;
    assert_all_say(&app, &client, "0.18", "0.06").await;
    assert_eq!(app.ideogram.billed_usd_micros(), 180_000, "it is what Ideogram says, too");
}

#[tokio::test]
async fn images_and_calls_are_counted_by_whatever_is_asked_for() {
    let app = TestApp::spawn().await;
    let client = app.client_of(token()).await;
    let two = json!({"prompt": "a lighthouse", "num_images": 2});
    client.post(GENERATE, &two).await;
    app.clock.advance(Duration::from_hours(24));
    let turbo = json!({"image_request": {"prompt": "a lighthouse", "model": "V_2_TURBO"}});
    assert_eq!(client.post("/generate", &turbo).await.status, 200);
    let usage = async |query: &str| app.ask(&format!("/api/v1/usage?since=48h&{query}")).await;
    let expected = json!([
        {"key": "app", "calls": 2, "images": 3, "cost_usd": "0.17", "reserved_usd": "0.00", "reads": 0},
    ]);
    assert_eq!(usage("by=environment").await, expected);
    let days = usage("by=day").await;
    assert_eq!(
        (&days[0]["images"], &days[1]["cost_usd"]),
        (&json!(2), &json!("0.05")),
        "the dearest first"
    );
    let models = usage("by=model").await;
    assert!(models.as_array().unwrap().iter().any(|line| line["key"] == "V_2_TURBO"), "{models}");
    let routes = usage("by=route").await;
    assert_eq!(
        (&routes[0]["key"], &routes[1]["key"]),
        (&json!("v3.generate"), &json!("legacy.generate"))
    );
    assert_eq!(usage("by=owner").await[0]["key"], "marketing");
    assert_eq!(usage("by=hour").await.as_array().unwrap().len(), 2);
    let named = &usage("by=token").await[0];
    assert_eq!((&named["key"], &named["name"]), (&json!(client.id()), &json!("poster-bot")));
    assert_eq!(routes[0]["name"], Value::Null, "what is a name already has no second one");
    assert_eq!(usage(&format!("by=token&token={}", client.id())).await[0]["calls"], 2);
    assert_eq!(usage("token=tok_other").await["code"], "token_unknown");
    assert_eq!(usage("environment=prod").await, json!([]));
}

#[tokio::test]
async fn an_unknown_call_is_written_off_once_and_its_budget_is_free_again() {
    let app = TestApp::spawn().await;
    let client = app.client_of(token()).await;
    app.ideogram.script(Script::new(Act::ResetUnanswered));
    client.post(GENERATE, &json!({"prompt": "a storm"})).await;
    assert_all_say(&app, &client, "0.00", "0.06").await;
    let call = app.only_entry().await.metadata.call_id.unwrap();
    let path = format!("/api/v1/usage/write-off/{call}");
    let expected = json!({"call": call, "amount_usd": "0.06"});
    assert_eq!(app.tell(&path, &Value::Null).await, expected);
    assert_eq!(app.tell(&path, &Value::Null).await["code"], "call_written_off");
    let whoami = client.get("/_ideogate/whoami").await.json();
    assert_eq!(whoami["budgets"][0]["left_usd"], "5.00");
    let lines = app.ask("/api/v1/usage").await;
    assert_eq!(
        (&lines[0]["cost_usd"], &lines[0]["reserved_usd"]),
        (&json!("0.00"), &json!("0.00"))
    );
}

#[tokio::test]
async fn a_token_is_told_everything_about_itself() {
    let toml = "[environments.app]\ndaily_budget = \"9.00\"\n";
    let app =
        TestApp::with(TestSettings { toml: toml.to_owned(), ..TestSettings::default() }).await;
    let client = app.client_of(token()).await;
    client.post(GENERATE, &json!({"prompt": "a lighthouse"})).await;
    let who = client.get("/_ideogate/whoami").await;
    assert_eq!(who.status, 200);
    let who = who.json();
    assert_eq!(who["token_id"], client.id().as_str());
    assert_eq!((&who["name"], &who["owner"]), (&json!("poster-bot"), &json!("marketing")));
    assert_eq!((&who["environment"], &who["available"]), (&json!("app"), &json!(true)));
    assert_eq!(who["scopes"], json!(["read:*", "write:*"]));
    let spending = "may spend up to $5.00 a day and $50.00 a month \
                    and $9.00 a day with all others of environment app.";
    assert!(who["may"].as_array().unwrap().contains(&json!(spending)), "{}", who["may"]);
    assert_eq!(who["rate"], json!({"per_minute": 600}));
    assert_eq!(who["environment_limits"]["daily_budget"], "9.00");
    assert_eq!(who["environment_limits"]["limited"], Value::Null);
    let budgets = who["budgets"].as_array().unwrap();
    let shown: Vec<_> = budgets
        .iter()
        .map(|one| {
            format!(
                "{} {} {} {}",
                one["period"], one["limit_usd"], one["left_usd"], one["resets_at"]
            )
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n").replace('"', ""), @"
    day 5.00 4.94 2026-11-23T00:00:00.000000Z
    month 50.00 49.94 2026-12-01T00:00:00.000000Z
    day 9.00 8.94 2026-11-23T00:00:00.000000Z
    ");
    assert_eq!(budgets[2]["of"], "environment app");
    let text = who.to_string();
    assert!(!text.contains(&client.token), "its secret is not repeated");
    let short = client.get("/health").await.json();
    assert!(short["budgets"].is_null() && short["token_id"] == who["token_id"]);
}

#[tokio::test]
async fn a_token_with_the_limited_scope_is_told_what_that_means() {
    let toml = "[environments.app.limited]\nmax_images = 1\ndaily_budget = \"1.00\"\n\
                [environments.app]\nscopes = [\"read:*\", \"write:limited\"]\n";
    let app =
        TestApp::with(TestSettings { toml: toml.to_owned(), ..TestSettings::default() }).await;
    let client = app.client_with("app", &["write:limited"]).await;
    let who = client.get("/_ideogate/whoami").await.json();
    let limited = &who["environment_limits"]["limited"];
    assert_eq!((&limited["max_images"], &limited["daily_budget"]), (&json!(1), &json!("1.00")));
    assert_eq!(who["budgets"][0]["limit_usd"], "1.00");
    let reader = app.client_with("app", &["read:models"]).await;
    assert_eq!(reader.get("/_ideogate/whoami").await.json()["budgets"], json!([]));
}

#[tokio::test]
async fn nobody_is_told_anything_without_a_token() {
    let app = TestApp::spawn().await;
    let stranger = Client::new(app.url(), "idg_app_nothing");
    assert_eq!(stranger.get("/_ideogate/whoami").await.problem(), "401 token_invalid");
}

#[tokio::test]
async fn a_balance_falls_with_every_charge_and_is_known_after_a_restart() {
    let app = TestApp::spawn().await;
    let client = app.client_of(token()).await;
    client.post(GENERATE, &json!({"prompt": "before"})).await;
    app.clock.advance(Duration::from_secs(1));
    let path = "/api/v1/usage/balances/ideogram";
    let told = app.tell(path, &json!({"amount_usd": "10.00"})).await;
    assert_eq!((&told["left_usd"], &told["low"]), (&json!("10.00"), &json!(false)));
    client.post(GENERATE, &json!({"prompt": "after"})).await;
    let expected = json!({
        "account": "ideogram", "balance_usd": "10.00", "set_at": told["set_at"],
        "charged_usd": "0.06", "left_usd": "9.94", "low": true,
        "top_up_threshold_usd": "10.00", "top_up_balance_usd": "20.00",
    });
    assert_eq!(app.ask("/api/v1/usage/balances").await[0], expected);
    let app = app.restart().await;
    assert_eq!(app.ask("/api/v1/usage/balances").await[0], expected);
    let client = client.at(app.url());
    client.post(GENERATE, &json!({"prompt": "again"})).await;
    assert_eq!(app.ask("/api/v1/usage/balances").await[0]["left_usd"], "9.88");
}
