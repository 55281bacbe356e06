//! What was written off can be taken back on the same day, with reasons on record, to the micro-dollar.

use super::{GENERATE, assert_all_say, token};
use crate::support::{Client, Home, TestApp};
use ideogate::{
    audit::fold,
    domain::CallId,
    simulator::{Act, Script},
    store::RecordQuery,
    tokens::{Asked, AskedLimits, NewToken},
};
use serde_json::{Value, json};
use std::time::Duration;

const TURBO: &str = "TURBO";

/// Makes a call whose end nobody saw, for which $0.03 are reserved.
async fn lost(app: &TestApp, client: &Client) -> CallId {
    app.ideogram.script(Script::new(Act::ResetUnanswered));
    let wish = json!({"prompt": "a storm", "rendering_speed": TURBO});
    assert_eq!(client.post(GENERATE, &wish).await.problem(), "502 outcome_unknown");
    app.entries().await.pop().unwrap().metadata.call_id.unwrap()
}

async fn tell(app: &TestApp, call: &CallId, what: &str, reason: &str) -> Value {
    let path = format!("/api/v1/usage/write-off/{call}{what}");
    app.tell(&path, &json!({"reason": reason})).await
}

/// Returns action, before and after of what operators did with money.
fn steps(app: &TestApp) -> Vec<String> {
    let records = app.running.reader().records(&RecordQuery::default()).unwrap();
    let of_money = fold(records).into_iter().filter(|e| e.action.starts_with("usage."));
    let told = of_money.map(|entry| {
        let more = entry.metadata.more;
        format!("{} {} {}", entry.action, more.before.unwrap(), more.after.unwrap())
    });
    told.collect()
}

#[tokio::test]
async fn a_write_off_is_undone_within_its_day_and_everything_is_as_before() {
    let app = TestApp::spawn().await;
    let client = app.client_of(token()).await;
    let call = lost(&app, &client).await;
    let done = json!({"call": call, "amount_usd": "0.03"});
    assert_eq!(tell(&app, &call, "", "not on the invoice").await, done);
    assert_all_say_but_the_record(&app, &client, "0.00").await;
    assert_eq!(tell(&app, &call, "", "again").await["code"], "call_written_off");
    let app = app.restart().await;
    let client = client.at(app.url());
    assert_all_say_but_the_record(&app, &client, "0.00").await;
    assert_eq!(tell(&app, &call, "/undo", "on the next one").await, done);
    assert_all_say(&app, &client, "0.00", "0.03").await;
    assert_eq!(tell(&app, &call, "/undo", "again").await["code"], "call_not_written_off");
    assert_all_say(&app, &client, "0.00", "0.03").await;
    let app = app.crash().await;
    let client = client.at(app.url());
    assert_all_say(&app, &client, "0.00", "0.03").await;
    insta::assert_snapshot!(steps(&app).join("\n"), @r#"
    usage.write_off {"reserved_usd":"0.03"} {"charged_usd":"0.00","reason":"not on the invoice"}
    usage.write_off_undo {"charged_usd":"0.00"} {"reason":"on the next one","reserved_usd":"0.03"}
    "#);
    assert_eq!(tell(&app, &call, "", "after all").await, done, "it can be written off again");
}

/// The entry of a call that was written off still says what was reserved; the rest knows better.
async fn assert_all_say_but_the_record(app: &TestApp, client: &Client, reserved: &str) {
    let lines = app.ask("/api/v1/usage").await;
    assert_eq!(
        (&lines[0]["cost_usd"], &lines[0]["reserved_usd"]),
        (&json!("0.00"), &json!(reserved))
    );
    let budgets = client.get("/_ideogate/whoami").await.json()["budgets"].clone();
    for budget in budgets.as_array().unwrap() {
        let told = (&budget["charged_usd"], &budget["reserved_usd"]);
        assert_eq!(told, (&json!("0.00"), &json!(reserved)));
    }
}

#[tokio::test]
async fn what_was_undone_is_charged_after_its_day_like_any_unknown_call() {
    let app = TestApp::spawn().await;
    let client = app.client_of(token()).await;
    let call = lost(&app, &client).await;
    app.clock.advance(Duration::from_mins(5));
    tell(&app, &call, "", "a mistake").await;
    tell(&app, &call, "/undo", "it was one").await;
    app.clock.advance(Duration::from_hours(24) + Duration::from_mins(1));
    app.running.calls().charge_overdue().await.unwrap();
    let usage = app.ask("/api/v1/usage?since=48h").await;
    assert_eq!(
        (&usage[0]["cost_usd"], &usage[0]["reserved_usd"]),
        (&json!("0.03"), &json!("0.00"))
    );
    assert_eq!(tell(&app, &call, "/undo", "late").await["code"], "call_not_written_off");
    assert_eq!(tell(&app, &call, "", "late").await["code"], "call_not_reserved");
}

#[tokio::test]
async fn the_next_day_a_write_off_is_final() {
    let app = TestApp::spawn().await;
    let client = app.client_of(token()).await;
    let call = lost(&app, &client).await;
    // It is noon: the day ends 12 hours later.
    app.clock.advance(Duration::from_hours(12) - Duration::from_micros(1));
    assert_eq!(tell(&app, &call, "", "not billed").await["amount_usd"], "0.03");
    app.clock.advance(Duration::from_micros(1));
    let refused = tell(&app, &call, "/undo", "too late").await;
    assert_eq!(refused["code"], "write_off_final", "{refused}");
    assert_eq!(steps(&app).len(), 1);
    app.running.calls().charge_overdue().await.unwrap();
    let usage = app.ask("/api/v1/usage?since=48h").await;
    assert_eq!(
        (&usage[0]["cost_usd"], &usage[0]["reserved_usd"]),
        (&json!("0.00"), &json!("0.00"))
    );
}

#[tokio::test]
async fn of_many_undos_at_once_one_counts() {
    let app = TestApp::spawn().await;
    let new = NewToken {
        limits: AskedLimits { daily_budget: Asked::Is("0.09".to_owned()), ..token().limits },
        ..token()
    };
    let client = app.client_of(new).await;
    let call = lost(&app, &client).await;
    tell(&app, &call, "", "not billed").await;
    let undos = (0..8).map(|_| tell(&app, &call, "/undo", "it was"));
    let answers = futures_util::future::join_all(undos).await;
    let done = answers.iter().filter(|answer| answer["amount_usd"] == "0.03").count();
    assert_eq!(done, 1, "{answers:?}");
    assert_all_say(&app, &client, "0.00", "0.03").await;
    let two = json!({"prompt": "two", "num_images": 2, "rendering_speed": TURBO});
    assert_eq!(client.post(GENERATE, &two).await.status, 200, "the rest of the budget");
    let one = json!({"prompt": "one", "rendering_speed": TURBO});
    assert_eq!(client.post(GENERATE, &one).await.problem(), "402 budget_exceeded");
}

#[tokio::test]
async fn operators_write_off_and_undo_on_the_command_line() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    home.ideogram.script(Script::new(Act::ResetUnanswered));
    client.post(GENERATE, &json!({"prompt": "a storm"})).await;
    let unknown = home.json(&["queue", "status"]).await;
    assert_eq!(unknown["accounts"][0]["unknown"], 1);
    let entries = home.run(&["audit", "search", "--output", "json"]).await.good().out;
    let of_calls = |line: &&str| line.contains("ideogram.api.call");
    let entry: Value = serde_json::from_str(entries.lines().find(of_calls).unwrap()).unwrap();
    let call = entry["metadata"]["call_id"].as_str().unwrap();
    let off = home.run(&["usage", "write-off", call, "--reason", "not billed"]).await.good();
    assert_eq!(off.out, format!("the $0.06 of {call} count no more\n"));
    let again = home.run(&["usage", "write-off", call]).await;
    assert!(again.code == 1 && again.err.contains("written off already"), "{again:?}");
    let back = home.run(&["usage", "write-off", call, "--undo"]).await.good();
    assert_eq!(back.out, format!("the $0.06 of {call} are reserved again\n"));
    assert!(back.err.contains("--reason"), "{back:?}");
    let twice = home.run(&["usage", "write-off", call, "--undo"]).await;
    assert!(twice.code == 1 && twice.err.contains("is not written off"), "{twice:?}");
    let usage = home.json(&["usage"]).await;
    assert_eq!(
        (&usage[0]["cost_usd"], &usage[0]["reserved_usd"]),
        (&json!("0.00"), &json!("0.06"))
    );
    gateway.stop().await;
}
