//! The process dies under load.

use crate::support::{Binary, Client, Home, until};
use ideogate::simulator::SimulatorOptions;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tokio::task::JoinSet;

const GENERATE: &str = "/v1/ideogram-v3/generate";
const CALLS: u32 = 50;

fn images(number: u32) -> u32 {
    number % 4 + 1
}

fn body(number: u32) -> Value {
    json!({"prompt": format!("user-{number}"), "num_images": images(number)})
}

/// Sends all calls at once; what becomes of the clients does not matter.
fn load(client: &Client) -> JoinSet<()> {
    let mut calls = JoinSet::new();
    for number in 0..CALLS {
        let request = client.request("POST", GENERATE).json(&body(number));
        let request = request.header("Ideogate-User", format!("user-{number}"));
        calls.spawn(async move {
            request.send().await.ok();
        });
    }
    calls
}

/// Returns the users whose calls arrived at Ideogram.
fn arrived(home: &Home) -> BTreeSet<String> {
    let calls = home.ideogram.seen().calls;
    let user = |body: &[u8]| {
        let body: Value = serde_json::from_slice(body).ok()?;
        Some(body["prompt"].as_str()?.to_owned())
    };
    calls.iter().filter_map(|call| user(&call.body)).collect()
}

/// Returns the entries of calls by their users; each has one.
async fn on_record(home: &Home) -> BTreeMap<String, Value> {
    let calls = home.calls().await;
    let count = calls.len();
    let persons = home.run(&["audit", "person", "list", "--output", "json"]).await.good().lines();
    let name = |person: Value| Some((person["user"].clone(), person["name"].as_str()?.to_owned()));
    let names: Vec<_> = persons.into_iter().filter_map(name).collect();
    let user = |entry: Value| {
        let id = &entry["metadata"]["on_behalf_of"];
        let name = names.iter().find(|(user, _)| user == id).map(|(_, name)| name.clone());
        (name.unwrap_or_default(), entry)
    };
    let found: BTreeMap<_, _> = calls.into_iter().map(user).collect();
    assert_eq!(found.len(), count, "two entries for one call");
    found
}

fn unknown(entries: &BTreeMap<String, Value>) -> Vec<&Value> {
    entries.values().filter(|entry| entry["metadata"]["outcome"] == "unknown").collect()
}

fn places(entries: &[&Value]) -> u64 {
    entries.iter().map(|entry| entry["metadata"]["places"].as_u64().unwrap()).sum()
}

fn paced(pace: f64) -> SimulatorOptions {
    SimulatorOptions { pace, ..SimulatorOptions::default() }
}

/// What must hold after any crash, once the gateway runs again.
async fn assert_all_is_known(home: &Home) -> BTreeMap<String, Value> {
    home.verify().await;
    let entries = on_record(home).await;
    for user in arrived(home) {
        assert!(entries.contains_key(&user), "{user} was sent and is not on record");
    }
    let unknown = unknown(&entries);
    for entry in &unknown {
        assert_eq!(entry["metadata"]["reason"], "crash", "{entry}");
        assert_eq!(entry["result"], "failure", "{entry}");
    }
    let open = |entry: &&Value| entry["metadata"]["decision"] == "in_flight";
    assert_eq!(entries.values().filter(open).count(), 0);
    let queue = home.queue().await;
    assert_eq!(queue["unknown"], places(&unknown), "{queue}");
    assert_eq!(queue["in_use"], queue["unknown"], "{queue}");
    entries
}

/// Kills the gateway once so many calls arrived, and looks at what is left.
async fn killed_after(count: usize) {
    let home = Home::with("[queue]\ntimeout = \"60s\"\n", paced(0.002)).await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    let calls = load(&client);
    home.ideogram.seen_when(|seen| seen.calls.len() >= count).await;
    gateway.kill().await;
    calls.join_all().await;
    home.verify().await;
    let gateway = home.start().await;
    let entries = assert_all_is_known(&home).await;
    assert!(entries.len() >= count, "{} of {count}", entries.len());
    retry_is_not_sent(&home, &gateway, &client, &entries).await;
}

/// Retries an unknown call as its client would: the same token, the same body.
async fn retry_is_not_sent(
    home: &Home,
    gateway: &Binary,
    client: &Client,
    entries: &BTreeMap<String, Value>,
) {
    let client = Client::new(gateway.ready.proxy.clone(), &client.token);
    let before = home.ideogram.seen().calls.len();
    let is_unknown = |entry: &Value| entry["metadata"]["outcome"] == "unknown";
    for (user, _) in entries.iter().filter(|(_, entry)| is_unknown(entry)) {
        let number = user.strip_prefix("user-").unwrap().parse().unwrap();
        let reply = client.post(GENERATE, &body(number)).await;
        assert_eq!(reply.problem(), "502 outcome_unknown", "{user}");
        assert_eq!(reply.header("x-should-retry"), Some("false"));
    }
    assert_eq!(home.ideogram.seen().calls.len(), before, "a retry was sent");
}

#[tokio::test]
async fn killed_at_the_first_call_nothing_that_was_sent_is_forgotten() {
    killed_after(1).await;
}

#[tokio::test]
async fn killed_with_all_places_taken_nothing_that_was_sent_is_forgotten() {
    killed_after(6).await;
}

#[tokio::test]
async fn killed_in_the_middle_nothing_that_was_sent_is_forgotten() {
    killed_after(25).await;
}

#[tokio::test]
async fn killed_near_the_end_nothing_that_was_sent_is_forgotten() {
    killed_after(45).await;
}

#[tokio::test]
async fn calls_at_ideogram_when_the_process_dies_keep_their_places_for_their_time() {
    let home = Home::with("[accounts.ideogram]\nplace_ttl = \"6s\"\n", paced(0.0)).await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    home.hold_all();
    let calls = load(&client);
    home.ideogram.seen_when(|_| home.ideogram.places_in_flight() >= 7).await;
    gateway.kill().await;
    calls.join_all().await;
    let gateway = home.start().await;
    let entries = assert_all_is_known(&home).await;
    assert!(places(&unknown(&entries)) >= 7);
    assert!(unknown(&entries).len() >= arrived(&home).len());
    let freed = async || (home.queue().await["in_use"] == 0).then_some(());
    until("places are freed", freed).await;
    home.ideogram.reset();
    let client = Client::new(gateway.ready.proxy.clone(), &client.token);
    let reply = client.post(GENERATE, &json!({"prompt": "after"})).await;
    assert_eq!(reply.status, 200, "{reply:?}");
}

#[tokio::test]
async fn an_operator_frees_the_places_of_a_call_whose_end_nobody_saw() {
    let home = Home::with("", paced(0.0)).await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    home.hold_all();
    let request = client.request("POST", GENERATE).json(&body(3));
    let call = tokio::spawn(request.send());
    home.ideogram.seen_when(|_| home.ideogram.places_in_flight() == 4).await;
    gateway.kill().await;
    call.await.unwrap().unwrap_err();
    let gateway = home.start().await;
    assert_eq!(home.queue().await["unknown"], 4);
    let entry = home.calls().await.remove(0);
    let id = entry["metadata"]["call_id"].as_str().unwrap().to_owned();
    let told = home.run(&["queue", "release", &id]).await.good();
    assert!(told.out.contains(&id), "{told:?}");
    let queue = home.queue().await;
    assert_eq!((&queue["unknown"], &queue["in_use"]), (&json!(0), &json!(0)));
    let again = home.run(&["queue", "release", &id]).await;
    assert_eq!(again.code, 1, "{again:?}");
    // The release is durable: another crash does not take the places again.
    gateway.kill().await;
    let _gateway = home.start().await;
    assert_eq!(home.queue().await["unknown"], 0);
    home.verify().await;
}

#[tokio::test]
async fn a_second_crash_while_the_first_is_put_right_changes_nothing() {
    let home = Home::with("", paced(0.0)).await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    home.hold_all();
    let calls = load(&client);
    home.ideogram.seen_when(|_| home.ideogram.places_in_flight() >= 7).await;
    gateway.kill().await;
    calls.join_all().await;
    let before = arrived(&home);
    for pause in [5, 15, 30, 60, 100] {
        let starting = home.begin();
        tokio::time::sleep(std::time::Duration::from_millis(pause)).await;
        starting.kill().await;
        if home.data().join("ideogate.db").exists() {
            home.verify().await;
        }
    }
    let gateway = home.start().await;
    let entries = assert_all_is_known(&home).await;
    assert_eq!(arrived(&home), before, "a call was sent again");
    retry_is_not_sent(&home, &gateway, &client, &entries).await;
}
