//! What was spent stays spent, and what is left of a balance is what was left.

use super::{Known, Left, back_up, lose, restored, tried};
use crate::support::{Binary, Client, Home, until};
use ideogate::simulator::{Act, Script};
use serde_json::{Value, json};

/// Budgets that two pictures use up: one costs 0.06.
const BUDGETS: &str = "[accounts.ideogram]\nmonthly_budget = \"50.00\"\n\
                       [environments.app]\ndaily_budget = \"0.12\"\n";

async fn usage(home: &Home, by: &str) -> Value {
    home.json(&["usage", "--by", by]).await
}

/// Spends a picture before the backup and one after it.
async fn spent() -> (Home, Left, String) {
    let home = Home::new().await;
    home.change(BUDGETS);
    let gateway = home.start().await;
    let (_, token) = home.token().await;
    assert_eq!(tried(&gateway, &token).await, 200);
    let backup = back_up(&home, true).await;
    assert_eq!(tried(&gateway, &token).await, 200);
    assert_eq!(tried(&gateway, &token).await, 402, "the budget of the day is used up");
    let left = lose(&home, gateway, backup).await;
    (home, left, token)
}

#[tokio::test]
async fn what_was_spent_after_the_backup_counts_by_day_month_environment_and_account() {
    let (home, left, token) = spent().await;
    let (gateway, told) = restored(&home, &left, Known::All).await;
    assert_eq!(told["applied"]["spent_usd"], "0.06", "{told}");
    assert_eq!(tried(&gateway, &token).await, 402, "no budget is new");
    for by in ["environment", "account", "token"] {
        let rows = usage(&home, by).await;
        assert_eq!((&rows[0]["cost_usd"], &rows[0]["calls"]), (&json!("0.12"), &json!(2)), "{by}");
    }
    let metrics = Client::new(gateway.ready.admin.clone(), "").get("/metrics").await;
    let metrics = String::from_utf8(metrics.body.to_vec()).unwrap();
    let left_over = "ideogate_budget_remaining_usd{environment=\"app\"} 0";
    assert!(metrics.lines().any(|line| line.starts_with(left_over)), "{metrics}");
    gateway.stop().await;

    let (gateway, _) = restored(&home, &left, Known::Trusted).await;
    assert_eq!(tried(&gateway, &token).await, 200, "without the record nobody knows of it");
    gateway.stop().await;
}

/// Leaves a call behind whose end nobody saw, and returns its id.
async fn unknown(home: &Home, gateway: &Binary, token: &str) -> String {
    home.ideogram.script(Script::new(Act::ResetUnanswered));
    assert_eq!(tried(gateway, token).await, 502);
    let calls = home.calls().await;
    calls.last().unwrap()["metadata"]["call_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn money_that_was_written_off_and_counts_again_counts_again() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let (_, token) = home.token().await;
    let call = unknown(&home, &gateway, &token).await;
    home.run(&["usage", "write-off", &call]).await.good();
    let backup = back_up(&home, true).await;
    assert_eq!(usage(&home, "environment").await[0]["reserved_usd"], "0.00");
    home.run(&["usage", "write-off", "--undo", &call]).await.good();
    let left = lose(&home, gateway, backup).await;
    let (gateway, _) = restored(&home, &left, Known::All).await;
    assert_eq!(usage(&home, "environment").await[0]["reserved_usd"], "0.06");
    gateway.stop().await;
}

#[tokio::test]
async fn a_write_off_after_the_backup_holds() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let (_, token) = home.token().await;
    let backup = back_up(&home, true).await;
    let call = unknown(&home, &gateway, &token).await;
    home.run(&["usage", "write-off", &call]).await.good();
    let left = lose(&home, gateway, backup).await;
    let (gateway, _) = restored(&home, &left, Known::All).await;
    let rows = usage(&home, "environment").await;
    assert_eq!((&rows[0]["reserved_usd"], &rows[0]["cost_usd"]), (&json!("0.00"), &json!("0.00")));
    gateway.stop().await;
}

#[tokio::test]
async fn a_pending_generation_keeps_its_place_and_its_money() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let backup = back_up(&home, true).await;
    let (host, hook) = ("hooks.example.com", "https%3A%2F%2Fhooks.example.com%2Fdone");
    let asked = ["token", "create", "--environment", "app", "--name", "hooked"];
    let may = ["--scope", "read:*", "--scope", "write:*", "--webhook-host", host];
    let token = home.json(&[&asked[..], &may].concat()).await["token"].clone();
    let client = Client::new(gateway.ready.proxy.clone(), token.as_str().unwrap());
    home.ideogram.script(Script::new(Act::Hold).on("POST /v1/*"));
    let path = format!("/v1/ideogram-v4/async/generate?webhook_url={hook}");
    let reply = client.post(&path, &json!({"text_prompt": "a lighthouse"})).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let id = reply.json()["generation_id"].as_str().unwrap().to_owned();
    let (queue, money) = (home.queue().await, usage(&home, "environment").await);
    let left = lose(&home, gateway, backup).await;
    let (gateway, _) = restored(&home, &left, Known::All).await;
    assert_eq!((&queue["in_use"], &home.queue().await["in_use"]), (&json!(1), &json!(1)));
    assert_eq!(usage(&home, "environment").await[0]["cost_usd"], money[0]["cost_usd"]);
    assert_eq!(usage(&home, "environment").await[0]["reserved_usd"], money[0]["reserved_usd"]);
    home.ideogram.release();
    until("it has ended", async || {
        let queue = home.queue().await;
        (queue["in_use"] == 0).then_some(())
    })
    .await;
    assert_eq!(home.ideogram.billed_images(), 1, "{id} was made once");
    gateway.stop().await;
}

#[tokio::test]
async fn a_balance_that_was_told_is_what_is_left() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let (_, token) = home.token().await;
    home.run(&["usage", "balance", "100.00"]).await.good();
    let backup = back_up(&home, true).await;
    home.run(&["usage", "balance", "10.00"]).await.good();
    assert_eq!(tried(&gateway, &token).await, 200);
    let left = lose(&home, gateway, backup).await;
    let balance = async |home: &Home| {
        let told = home.json(&["usage", "balance"]).await;
        told[0]["left_usd"].as_str().or(told["left_usd"].as_str()).unwrap().to_owned()
    };
    let (gateway, _) = restored(&home, &left, Known::All).await;
    assert_eq!(balance(&home).await, "9.94");
    gateway.stop().await;
    let (gateway, _) = restored(&home, &left, Known::Trusted).await;
    assert_eq!(balance(&home).await, "100.00", "without the record nobody knows of it");
    gateway.stop().await;
}
