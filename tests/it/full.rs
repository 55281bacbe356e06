//! The database is as large as `data.max_size` allows: calls stop, what they began is finished, and rights
//! can still be taken away.

use crate::{
    archive::{day, old, put},
    support::{Binary, Client, Home, until},
};
use ideogate::simulator::{Act, Script};
use serde_json::{Value, json};

const GENERATE: &str = "/v1/ideogram-v3/generate";
const MIB: u64 = 1024 * 1024;

/// Where calls end, and where changes do, in a database of 32 MiB.
const CALLS_END: u64 = 24 * MIB;
const CHANGES_END: u64 = 30 * MIB;

async fn bounded() -> (Home, Binary, Client) {
    let home = Home::new().await;
    home.change("[log]\nfilter = \"info\"\n[data]\nmax_size = \"32MiB\"\n");
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    (home, gateway, client)
}

async fn call(client: &Client) -> u16 {
    client.post(GENERATE, &json!({"prompt": "a cat"})).await.status
}

async fn metric(gateway: &Binary, name: &str) -> String {
    let text = Client::new(gateway.ready.admin.clone(), "").get("/metrics").await;
    let text = String::from_utf8(text.body.to_vec()).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_else(|| panic!("{name}: {text}")).trim().to_owned()
}

/// Waits until the gateway has noticed that calls have no room.
async fn is_full(client: &Client) {
    // Nothing but a commit tells the writer that somebody else filled the database.
    call(client).await;
    let ready = async || (client.get("/readyz").await.status == 503).then_some(());
    until("the gateway is not ready", ready).await;
}

#[tokio::test]
async fn rights_can_be_taken_away_at_the_bound() {
    let (home, gateway, client) = bounded().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(home.token().await.0);
    }
    let operator = ["operator", "create", "--name", "eve", "--role", "viewer"];
    let operator = home.json(&operator).await["id"].as_str().unwrap().to_owned();
    home.fill(CHANGES_END + MIB / 4);
    is_full(&client).await;

    let asked = ["token", "create", "--environment", "app", "--name", "more", "--scope", "read:*"];
    let told = home.run(&asked).await;
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.err.contains("record is full") && told.err.contains("data.max_size"), "{told:?}");
    home.run(&["token", "disable", &ids[0]]).await.good();
    home.run(&["token", "reduce", &ids[1], "--scope", "read:*"]).await.good();
    home.run(&["token", "revoke", &ids[2]]).await.good();
    home.run(&["operator", "revoke", &operator]).await.good();
    home.run(&["pause"]).await.good();
    let told = home.run(&["token", "enable", &ids[0]]).await;
    assert_eq!(told.code, 1, "what gives something back is a change like others: {told:?}");
    let list = home.json(&["token", "list", "--all"]).await;
    let tokens = list.as_array().unwrap();
    let state = |id: &str| tokens.iter().find(|token| token["id"] == id).unwrap()["state"].clone();
    assert_eq!((state(&ids[0]), state(&ids[2])), (json!("disabled"), json!("revoked")));
    gateway.stop().await;
    home.verify().await;
}

#[tokio::test]
async fn calls_are_refused_and_nothing_is_sent_at_the_bound() {
    let (home, gateway, client) = bounded().await;
    assert_eq!(call(&client).await, 200);
    home.fill(CALLS_END);
    is_full(&client).await;
    let arrived = home.ideogram.seen().calls.len();
    let reply = client.post(GENERATE, &json!({"prompt": "too late"})).await;
    assert_eq!(reply.problem(), "503 audit_unavailable");
    assert_eq!(reply.header("retry-after"), Some("60"));
    assert!(reply.json()["message"].to_string().contains("full"), "{reply:?}");
    assert_eq!(home.ideogram.seen().calls.len(), arrived, "a refused call was sent");
    assert_eq!(client.get("/readyz").await.json()["code"], "audit_unavailable");
    assert_eq!(metric(&gateway, "ideogate_journal_healthy ").await, "0");
    let told = home.run(&["doctor"]).await;
    assert!(told.out.contains("the record is full"), "{told:?}");
    home.token().await;
    gateway.stop().await;
    home.verify().await;
}

#[tokio::test]
async fn what_was_sent_is_recorded_at_the_bound() {
    let (home, gateway, client) = bounded().await;
    home.ideogram.script(Script::new(Act::Hold));
    let held = tokio::spawn({
        let client = client.clone();
        async move { call(&client).await }
    });
    home.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    home.fill(32 * MIB - MIB / 4);
    is_full(&client).await;
    home.ideogram.release();
    assert_eq!(held.await.unwrap(), 200);
    assert_eq!(home.calls().await[0]["metadata"]["outcome"], "success");
    assert_eq!(metric(&gateway, "ideogate_journal_spilled_bundles_total ").await, "0");
    gateway.stop().await;
    home.verify().await;
}

#[tokio::test]
async fn a_start_above_the_bound_finishes_what_was_open_and_can_still_revoke() {
    let (home, gateway, client) = bounded().await;
    let (id, _) = home.token().await;
    home.hold_all();
    let held = tokio::spawn({
        let client = client.clone();
        async move { call(&client).await }
    });
    home.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    home.fill(33 * MIB);
    gateway.kill().await;
    held.abort();
    let gateway = home.start().await;
    assert_eq!(home.queue().await["unknown"], 1);
    let client = Client::new(gateway.ready.proxy.clone(), &client.token);
    assert_eq!(client.get("/readyz").await.status, 503);
    let arrived = home.ideogram.seen().calls.len();
    let reply = client.post(GENERATE, &json!({"prompt": "another cat"})).await;
    assert_eq!(reply.problem(), "503 audit_unavailable");
    assert_eq!(home.ideogram.seen().calls.len(), arrived);
    home.run(&["token", "revoke", &id]).await.good();
    gateway.stop().await;
    home.verify().await;
}

#[tokio::test]
async fn pages_that_are_free_are_room() {
    let (home, gateway, client) = bounded().await;
    home.fill(CALLS_END);
    is_full(&client).await;
    let size = std::fs::metadata(home.data().join("ideogate.db")).unwrap().len();
    home.empty();
    // Nobody tells the gateway: it looks by itself.
    let ready = async || (client.get("/readyz").await.status == 200).then_some(());
    until("the gateway is ready", ready).await;
    assert_eq!(call(&client).await, 200);
    assert!(std::fs::metadata(home.data().join("ideogate.db")).unwrap().len() >= size);
    gateway.stop().await;
    home.verify().await;
}

#[tokio::test]
async fn what_leaves_the_database_at_the_bound_lets_calls_in_again() {
    let home = Home::new().await;
    home.change("[log]\nfilter = \"info\"\n[data]\nmax_size = \"32MiB\"\n");
    put(&home, (0..1_300).map(|number| old(2, number, 20_000))).await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    is_full(&client).await;
    let moved = home.run(&["audit", "archive", "--before", &day(0)]).await.good();
    assert!(moved.out.contains("1300 records"), "{moved:?}");
    let ready = async || (client.get("/readyz").await.status == 200).then_some(());
    until("the gateway is ready", ready).await;
    assert_eq!(call(&client).await, 200);
    gateway.stop().await;
    home.verify().await;
}

#[tokio::test]
async fn refusals_at_the_bound_are_counted_and_take_no_room() {
    let (home, gateway, client) = bounded().await;
    home.fill(CALLS_END);
    is_full(&client).await;
    let (before, mine) = (home.used(), "refused in a full database");
    let stranger = Client::new(gateway.ready.admin.clone(), "");
    for _ in 0..300 {
        assert_eq!(stranger.get("/api/v1/status").await.status, 403);
        assert_eq!(client.post("/v1/nothing", &json!({"prompt": mine})).await.status, 404);
    }
    assert_eq!(home.used(), before);
    home.empty();
    let ready = async || (client.get("/readyz").await.status == 200).then_some(());
    until("the gateway is ready", ready).await;
    gateway.stop().await;
    let gateway = home.start().await;
    let all = home.run(&["audit", "search", "--output", "json"]).await.good().lines();
    let counted = |code: &str| -> u64 {
        let of_code = all.iter().filter(|entry| entry["metadata"]["decision"] == code);
        of_code.map(|entry| entry["metadata"]["count"].as_u64().unwrap_or(1)).sum()
    };
    assert_eq!(counted("route_unknown"), 300, "none of them is lost");
    gateway.stop().await;
    home.verify().await;
}

#[tokio::test]
async fn changes_end_before_what_is_kept_for_taking_away() {
    let (home, gateway, _) = bounded().await;
    home.fill(CHANGES_END - MIB / 8);
    let socket = reqwest::Client::builder().unix_socket(home.data().join("admin.sock"));
    let socket = socket.build().unwrap();
    let words = "w".repeat(200);
    let metadata: serde_json::Map<String, Value> =
        (0..8).map(|number| (format!("word{number}"), json!(words))).collect();
    let mut last = 0;
    for number in 0..400 {
        let body = json!({"environment": "app", "name": format!("t{number}"),
            "scopes": ["read:*"], "metadata": metadata});
        let made = socket.post("http://localhost/api/v1/tokens").json(&body).send().await.unwrap();
        last = made.status().as_u16();
        if last != 201 {
            assert!(made.text().await.unwrap().contains("audit_full"));
            break;
        }
    }
    assert_eq!(last, 503);
    assert!(home.used() <= CHANGES_END, "{}", home.used());
    gateway.stop().await;
    home.verify().await;
}

#[tokio::test]
async fn a_record_that_fills_is_told_of_once_at_each_share() {
    let (home, gateway, _) = bounded().await;
    gateway.stop().await;
    home.fill(CALLS_END * 85 / 100);
    let gateway = home.start().await;
    until("it is told", async || gateway.log().contains("record_filling").then_some(())).await;
    assert_eq!(gateway.log().matches("record_filling").count(), 1, "{}", gateway.log());
    let told = home.run(&["doctor"]).await.good();
    let line = told.out.lines().find(|line| line.contains("data.max_size")).unwrap();
    assert!(line.starts_with("warning"), "{line}");
    let size: u64 = metric(&gateway, "ideogate_database_bytes ").await.parse().unwrap();
    assert!(size.abs_diff(CALLS_END * 85 / 100) < MIB, "{size}");
    assert_eq!(metric(&gateway, "ideogate_database_max_bytes ").await, (32 * MIB).to_string());
    gateway.stop().await;
    home.verify().await;
}
