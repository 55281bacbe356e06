//! `ideogate audit …`, and the record on stdout.

use super::{GENERATE, keys, picture};
use crate::support::{Binary, Client, Home, until};
use serde_json::{Value, json};

/// The fields of `metadata` that others rely on.
const METADATA: [&str; 17] = [
    "request_id",
    "call_id",
    "token_id",
    "environment",
    "on_behalf_of",
    "places",
    "cost_usd",
    "status",
    "upstream_status",
    "outcome",
    "queue_ms",
    "upstream_ms",
    "gateway_ms",
    "decision",
    "generation_ids",
    "key_version",
    "client_addr",
];

/// A gateway with three entries on record: a new token, its call, and a stranger's refusal.
struct Told {
    home: Home,
    token: String,
    request: String,
    _gateway: Binary,
}

async fn told() -> Told {
    let home = Home::new().await;
    let gateway = home.start().await;
    let (token, secret) = home.token().await;
    let client = Client::new(gateway.ready.proxy.clone(), &secret);
    let request = client.request("POST", GENERATE).header("Ideogate-User", "ann@example.com");
    let reply = client.send(request.json(&json!({"prompt": "seen", "num_images": 2}))).await;
    let request = reply.header("ideogate-request-id").unwrap().to_owned();
    let stranger = Client::new(gateway.ready.proxy.clone(), "idg_no_such");
    assert_eq!(picture(&stranger, "refused").await.problem(), "401 token_invalid");
    // Refusals do not wait for the disk, so their answers may be ahead of the record.
    until("all is on record", async || (home.calls().await.len() == 2).then_some(())).await;
    Told { home, token, request, _gateway: gateway }
}

async fn search(home: &Home, filter: &[&str]) -> Vec<Value> {
    let arguments = [&["audit", "search", "--output", "json"], filter].concat();
    let mut found = home.run(&arguments).await.good().lines();
    // The keys that the gateway takes up at its start are on record as well.
    found.retain(|entry| !entry["action"].as_str().unwrap().starts_with("key."));
    found
}

#[tokio::test]
async fn entries_have_the_shape_that_others_rely_on() {
    let told = told().await;
    let all = search(&told.home, &[]).await;
    let actions: Vec<_> = all.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["token.create", "ideogram.api.call", "ideogram.api.call"]);
    for entry in &all {
        let mut found = keys(entry);
        found.sort_unstable();
        let shape = ["action", "metadata", "resource", "result", "timestamp", "userId"];
        assert_eq!(found, shape);
        for field in METADATA {
            assert!(keys(&entry["metadata"]).contains(&field), "{field}: {entry}");
        }
    }
    let call = &all[1];
    assert_eq!((&call["userId"], &call["resource"]), (&json!(told.token), &json!("v3.generate")));
    let metadata = &call["metadata"];
    assert!(metadata["on_behalf_of"].as_str().unwrap().starts_with("usr_"), "{metadata}");
    assert_eq!((&metadata["places"], &metadata["status"]), (&json!(2), &json!(200)));
    assert_eq!(
        (&metadata["outcome"], &metadata["environment"]),
        (&json!("success"), &json!("app"))
    );
    assert!(!call.to_string().contains("seen"), "the prompt is on record: {call}");
}

#[tokio::test]
async fn the_record_is_searched_by_all_that_entries_name() {
    let told = told().await;
    for (filter, expected) in [
        (["--result", "success"], 2),
        (["--result", "failure"], 1),
        (["--result", "refused"], 1),
        (["--result", "unknown"], 0),
        (["--environment", "app"], 2),
        (["--environment", "prod"], 0),
        (["--token", &told.token], 2),
        (["--route", "v3.generate"], 1),
        (["--status", "200"], 1),
        (["--status", "401"], 1),
        (["--code", "token_invalid"], 1),
        (["--code", "outcome_unknown"], 0),
        (["--result", "pending"], 0),
        (["--request-id", &told.request], 1),
        (["--since", "1h"], 3),
        (["--until", "2000-01-01T00:00:00Z"], 0),
        (["--limit", "2"], 2),
        (["--last", "1"], 1),
    ] {
        let found = search(&told.home, &filter).await;
        assert_eq!(found.len(), expected, "{filter:?}: {found:?}");
    }
    let future = ["--since", "2999-01-01T00:00:00Z"];
    for wrong in [
        ["--result", "nonsense"],
        ["--since", "yesterday"],
        ["--route", "v3.generat"],
        ["--owner", "nobody"],
        ["--code", "no_such_code"],
        ["--status", "99"],
        future,
    ] {
        let arguments = [&["audit", "search"], &wrong[..]].concat();
        assert_eq!(told.home.run(&arguments).await.code, 64, "{wrong:?}");
    }
}

#[tokio::test]
async fn an_entry_is_shown_by_call_or_request_and_the_whole_is_verified() {
    let told = told().await;
    let home = &told.home;
    let call = search(home, &["--request-id", &told.request]).await.remove(0);
    let id = call["metadata"]["call_id"].as_str().unwrap();
    assert_eq!(home.json(&["audit", "show", id]).await, call);
    assert_eq!(home.json(&["audit", "show", &told.request]).await, call);
    let words = home.run(&["audit", "search"]).await.good();
    let of_keys = |line: &&str| line.contains("  key.");
    assert_eq!(words.out.lines().filter(|line| !of_keys(line)).count(), 3, "{words:?}");
    let all = 4 + words.out.lines().filter(of_keys).count();
    let verified = home.run(&["audit", "verify"]).await.good();
    assert!(verified.out.starts_with(&format!("good: {all} records")), "{verified:?}");
    let verified = home.json(&["audit", "verify"]).await;
    assert_eq!((&verified["ok"], &verified["records"]), (&json!(true), &json!(all)));
    // Last, since asking in vain is on record too.
    assert_eq!(home.run(&["audit", "show", "call_none"]).await.code, 1);
}

#[tokio::test]
async fn a_search_reads_more_than_one_page() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..230 {
        let client = client.clone();
        calls.spawn(async move { picture(&client, &format!("{number}")).await.status });
    }
    assert!(calls.join_all().await.iter().all(|status| *status == 200));
    let entries = home.calls().await;
    assert_eq!(entries.len(), 230);
    let times: Vec<_> = entries.iter().map(|entry| entry["timestamp"].to_string()).collect();
    assert!(times.is_sorted(), "oldest first");
    let some = home.run(&["audit", "search", "--limit", "205", "--output", "json"]).await.good();
    let all = home.run(&["audit", "search", "--output", "json"]).await.good().lines();
    assert_eq!(some.lines(), all[all.len() - 205..], "the newest, oldest first");
    let last = home.run(&["audit", "search", "--last", "1", "--result", "success"]).await.good();
    assert_eq!(last.out.lines().count(), 1);
    let many = home.run(&["audit", "search", "--last", "5000", "--output", "json"]).await.good();
    assert_eq!(many.lines(), all);
    assert_eq!(home.run(&["audit", "search", "--last", "0"]).await.code, 64);
}

#[tokio::test]
async fn a_request_that_a_flood_only_counted_is_found_as_that() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let stranger = Client::new(gateway.ready.proxy.clone(), "idg_no_such");
    let mut requests = Vec::new();
    for _ in 0..14 {
        let reply = picture(&stranger, "refused").await;
        requests.push(reply.header("ideogate-request-id").unwrap().to_owned());
    }
    let written =
        async || home.run(&["audit", "show", &requests[9]]).await.code.eq(&0).then_some(());
    until("ten are written", written).await;
    let last = requests.last().unwrap();
    let early = home.run(&["audit", "show", last]).await;
    assert_eq!(early.code, 1, "{early:?}");
    assert!(early.err.contains("may be one of 4 refusals with token_invalid"), "{early:?}");
    // What was counted is written when the gateway stops.
    gateway.stop().await;
    let _gateway = home.start().await;
    let told = home.run(&["audit", "show", last]).await.good();
    assert!(told.err.contains("may be one of the 4 requests"), "{told:?}");
    let shown = told.json();
    assert_eq!(shown["metadata"]["count"], 4, "{shown:#}");
    assert_eq!(shown["metadata"]["decision"], "token_invalid");
    assert_eq!(shown["metadata"]["may_count"], last.as_str());
    let found = search(&home, &["--request-id", last]).await;
    assert_eq!(found, [shown]);
    let alone = home.json(&["audit", "show", &requests[0]]).await;
    assert_eq!(alone["metadata"]["may_count"], Value::Null, "{alone:#}");
    // An id of another time is in no count.
    for other in ["req_01hzzzzzzzzzzzzzzzzzzzzzzz", "req_nonsense"] {
        let told = home.run(&["audit", "show", other]).await;
        assert_eq!(told.code, 1, "{told:?}");
        assert!(told.err.contains("there is no entry"), "{told:?}");
        let told = home.run(&["audit", "search", "--request-id", other]).await;
        assert_eq!((told.code, &*told.out), (1, ""), "a wrong name is no empty answer");
    }
}

#[tokio::test]
async fn the_record_is_printed_line_by_line_when_asked_for() {
    let mut home = Home::new().await;
    home.give("IDEOGATE__AUDIT__STDOUT", "true");
    let mut gateway = home.start().await;
    let client = home.client(&gateway).await;
    let user = "ann\u{2028}[AUDIT] {}";
    let request = client.request("POST", GENERATE).header("Ideogate-User", user.as_bytes());
    let reply = client.send(request.json(&json!({"prompt": "secret prompt"}))).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let mut lines = Vec::new();
    while lines.len() < 3 {
        let line = gateway.line().await;
        assert!(!line.contains("secret prompt") && line.is_ascii(), "{line}");
        // Where the record ends is signed beside it; keys that are taken up are on record too.
        if line.starts_with("[CHECKPOINT] ") || line.contains("\"action\":\"key.") {
            continue;
        }
        let entry = line.strip_prefix("[AUDIT] ").unwrap_or_else(|| panic!("{line}"));
        lines.push(serde_json::from_str::<Value>(entry).unwrap());
    }
    let kinds: Vec<_> = lines.iter().map(|line| &line["metadata"]["kind"]).collect();
    assert_eq!(kinds, ["admin", "intent", "outcome"]);
    let results: Vec<_> = lines.iter().map(|line| &line["result"]).collect();
    assert_eq!(results, ["success", "pending", "success"]);
    let named = lines[1]["metadata"]["on_behalf_of"].as_str().unwrap();
    assert!(named.starts_with("usr_"), "who it is stands in no line: {named}");
}
