//! The record cannot be written.

use crate::support::{Binary, Client, Home};
use ideogate::simulator::{Act, Script};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::{fs, os::unix::fs::PermissionsExt};

const GENERATE: &str = "/v1/ideogram-v3/generate";

fn body(prompt: &str) -> Value {
    json!({"prompt": prompt})
}

/// Lets the database fail, and asserts that a call is refused for that.
async fn fail(home: &Home, gateway: &Binary, client: &Client) {
    home.break_database();
    let reply = client.post(GENERATE, &body("an unrecorded call")).await;
    assert_eq!(reply.problem(), "503 audit_unavailable");
    assert!(reply.header("retry-after").is_some());
    // The journal tries again by itself; what fails stays so.
    gateway.has_tried_its_record_again().await;
    assert_eq!(client.get("/readyz").await.status, 503);
}

#[tokio::test]
async fn calls_that_cannot_be_put_on_record_are_refused_and_not_sent() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    assert_eq!(client.post(GENERATE, &body("a recorded call")).await.status, 200);
    fail(&home, &gateway, &client).await;
    assert_eq!(home.ideogram.seen().calls.len(), 1, "a refused call was sent");
    let ready = client.get("/readyz").await;
    assert_eq!(ready.json()["code"], "audit_unavailable");
    assert_eq!(metric(&gateway, "ideogate_journal_healthy ").await, "0");
    assert_eq!(home.run(&["healthcheck"]).await.code, 0, "it lives");
    assert_eq!(home.run(&["healthcheck", "--ready"]).await.code, 1, "it is not ready");
    gateway.stop().await;
    home.verify().await;
    home.mend_database();
    let gateway = home.start().await;
    let client = Client::new(gateway.ready.proxy.clone(), &client.token);
    assert_eq!(client.post(GENERATE, &body("works again")).await.status, 200);
    let calls = home.calls().await;
    let sent = calls.iter().filter(|entry| entry["metadata"]["outcome"] == "success").count();
    assert_eq!(sent, 2);
    home.verify().await;
}

/// Lets the database fail while a call is at Ideogram; returns the home, the gateway's end and the call's.
async fn failed_while_a_call_is_at_ideogram() -> (Home, Binary, Client) {
    let home = Home::new().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    home.ideogram.script(Script::new(Act::Hold));
    let held = {
        let client = client.clone();
        tokio::spawn(async move { client.post(GENERATE, &body("paid for")).await })
    };
    home.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    fail(&home, &gateway, &client).await;
    home.ideogram.release();
    let reply = held.await.unwrap();
    assert_eq!(reply.status, 200, "{reply:?}");
    assert!(reply.json()["data"][0]["url"].is_string());
    (home, gateway, client)
}

async fn metric(gateway: &Binary, name: &str) -> String {
    let text = Client::new(gateway.ready.admin.clone(), "").get("/metrics").await;
    let text = String::from_utf8(text.body.to_vec()).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_else(|| panic!("{name}: {text}")).to_owned()
}

fn spilled(home: &Home) -> String {
    let spilled = fs::read(home.data().join("spill.jsonl")).unwrap();
    String::from_utf8(spilled.into_iter().take_while(|byte| *byte != 0).collect()).unwrap()
}

/// Returns the outcome of the call that was held.
async fn outcome(home: &Home) -> Value {
    let calls = home.calls().await;
    calls[0]["metadata"]["outcome"].clone()
}

#[tokio::test]
async fn an_answer_that_is_paid_for_goes_out_and_its_outcome_survives_a_crash() {
    let (home, gateway, client) = failed_while_a_call_is_at_ideogram().await;
    assert!(spilled(&home).contains("\"success\""), "{}", spilled(&home));
    assert!(gateway.log().contains("admission must stop"), "{}", gateway.log());
    assert_eq!(metric(&gateway, "ideogate_journal_spilled_bundles_total ").await, "1");
    let before = home.ideogram.seen().calls.len();
    assert_eq!(client.post(GENERATE, &body("next")).await.problem(), "503 audit_unavailable");
    assert_eq!(home.ideogram.seen().calls.len(), before);
    gateway.kill().await;
    home.verify().await;
    home.mend_database();
    let _gateway = home.start().await;
    assert_eq!(outcome(&home).await, "success");
    assert_eq!(spilled(&home), "");
    assert_eq!(home.queue().await["unknown"], 0);
    home.verify().await;
}

#[tokio::test]
async fn an_outcome_that_was_spilled_survives_an_orderly_end() {
    let (home, gateway, _) = failed_while_a_call_is_at_ideogram().await;
    gateway.stop().await;
    home.mend_database();
    let gateway = home.start().await;
    assert_eq!(outcome(&home).await, "success");
    home.verify().await;
    gateway.stop().await;
    home.verify().await;
}

/// Returns the kinds of a request's records, as any reader finds them.
fn kinds(database: &Connection, request: &str) -> Vec<String> {
    let read = "SELECT kind FROM audit_records WHERE request = ?1 ORDER BY seq";
    let mut statement = database.prepare(read).unwrap();
    let rows = statement.query_map([request], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[tokio::test]
async fn an_answer_is_never_out_before_its_outcome_is_on_record() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    let database = Connection::open(home.data().join("ideogate.db")).unwrap();
    for number in 0..20 {
        let reply = client.post(GENERATE, &body(&format!("{number}"))).await;
        let request = reply.header("ideogate-request-id").unwrap();
        assert_eq!(kinds(&database, request), ["intent", "outcome"], "{number}");
    }
}

#[tokio::test]
async fn a_second_process_keeps_off_the_data_folder() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    let second = home.run(&["serve"]).await;
    assert_eq!(second.code, 1, "{second:?}");
    assert!(second.err.contains("in use by another ideogate"), "{second:?}");
    assert_eq!(second.out, "");
    assert_eq!(client.post(GENERATE, &body("unharmed")).await.status, 200);
    assert_eq!(home.run(&["healthcheck"]).await.code, 0, "the socket is still the first's");
    gateway.stop().await;
    home.verify().await;
}

#[tokio::test]
async fn a_data_folder_that_others_may_read_is_refused() {
    let home = Home::new().await;
    fs::create_dir(home.data()).unwrap();
    fs::set_permissions(home.data(), fs::Permissions::from_mode(0o750)).unwrap();
    let told = home.run(&["serve"]).await;
    assert_eq!(told.code, 64, "{told:?}");
    assert!(told.err.contains("open to other users"), "{told:?}");
    assert!(told.err.contains("chmod 700"), "{told:?}");
    assert_eq!(fs::read_dir(home.data()).unwrap().count(), 0, "something was written");
}

#[tokio::test]
async fn what_is_in_the_data_folder_is_for_its_owner_alone() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    client.post(GENERATE, &body("a call")).await;
    for file in fs::read_dir(home.data()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o077;
        let kind = file.file_type().unwrap();
        assert!(mode == 0 || kind.is_dir() || !kind.is_file(), "{:?} {mode:o}", file.path());
    }
}

#[tokio::test]
async fn one_byte_changed_in_the_record_is_found_and_named() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    for number in 0..3 {
        client.post(GENERATE, &body(&format!("{number}"))).await;
    }
    gateway.stop().await;
    home.verify().await;
    let database = Connection::open(home.data().join("ideogate.db")).unwrap();
    let read = "SELECT bytes FROM audit_records WHERE seq = 4";
    let mut bytes: Vec<u8> = database.query_row(read, [], |row| row.get(0)).unwrap();
    let at = bytes.iter().rposition(u8::is_ascii_digit).unwrap();
    bytes[at] ^= 1;
    database.execute("UPDATE audit_records SET bytes = ?1 WHERE seq = 4", [bytes]).unwrap();
    drop(database);
    let told = home.run(&["audit", "verify"]).await;
    assert_eq!(told.code, 2, "{told:?}");
    assert!(told.out.starts_with("BAD: ") && told.out.contains('4'), "{told:?}");
    let told = home.run(&["audit", "verify", "--output", "json"]).await;
    assert_eq!((told.code, &told.json()["first_bad"]), (2, &json!(4)), "{told:?}");
}

#[tokio::test]
async fn records_removed_from_the_middle_or_the_end_are_missed() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    for number in 0..3 {
        client.post(GENERATE, &body(&format!("{number}"))).await;
    }
    gateway.stop().await;
    let file = home.data().join("ideogate.db");
    let remove = async |which: &str| {
        let database = Connection::open(&file).unwrap();
        database.execute(&format!("DELETE FROM audit_records WHERE seq = {which}"), []).unwrap();
        drop(database);
        home.run(&["audit", "verify"]).await.code
    };
    assert_eq!(remove("(SELECT max(seq) FROM audit_records)").await, 2);
    assert_eq!(remove("3").await, 2);
}
