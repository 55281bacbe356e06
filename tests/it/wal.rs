//! Somebody outside reads the database for long: the log beside it grows, which is told, and becomes small
//! again when they are done; no call waits for either.

use crate::support::{Binary, Client, Home, until};
use rusqlite::{Connection, OpenFlags};
use serde_json::json;
use std::{fs, time::Duration};
use tokio::time::timeout;

const GENERATE: &str = "/v1/ideogram-v3/generate";

/// More than is warned of.
const LARGE: u64 = 17 * 1024 * 1024;

/// More than is let be.
const SMALL: u64 = 8 * 1024 * 1024;

/// Begins to read the database, as a backup or a report does.
fn reader(home: &Home) -> Connection {
    let path = home.data().join("ideogate.db");
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    connection.execute_batch("BEGIN").unwrap();
    let count = "SELECT count(*) FROM audit_records";
    connection.query_row(count, [], |row| row.get::<_, i64>(0)).unwrap();
    connection
}

fn size(home: &Home) -> u64 {
    fs::metadata(home.data().join("ideogate.db-wal")).map_or(0, |found| found.len())
}

async fn metric(gateway: &Binary) -> u64 {
    let reply = Client::new(gateway.ready.admin.clone(), "").get("/metrics").await;
    let text = String::from_utf8(reply.body.to_vec()).unwrap();
    let value = text.lines().find_map(|line| line.strip_prefix("ideogate_wal_bytes "));
    value.unwrap_or_else(|| panic!("{text}")).parse().unwrap()
}

/// Makes calls until the log is larger than this.
async fn grow(home: &Home, client: &Client, wanted: u64) {
    for _ in 0..2000 {
        if size(home) > wanted {
            return;
        }
        call(client).await;
    }
    panic!("the log does not grow: {}", size(home));
}

async fn call(client: &Client) {
    let body = json!({"prompt": "x"});
    let reply = client.post(GENERATE, &body);
    let reply = timeout(Duration::from_secs(4), reply).await.unwrap();
    assert_eq!(reply.status, 200, "{reply:?}");
}

#[tokio::test]
async fn an_outside_reader_makes_the_log_grow_which_is_told_until_it_is_small_again() {
    let home = Home::new().await;
    home.change("[log]\nfilter = \"info\"\n");
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    let reader = reader(&home);
    grow(&home, &client, LARGE).await;
    until("it is told", async || gateway.log().contains("write-ahead log is large").then_some(()))
        .await;
    assert!(metric(&gateway).await > LARGE - 1024 * 1024);
    let told = home.run(&["doctor"]).await.good();
    let line = told.out.lines().find(|line| line.contains("write-ahead log")).unwrap();
    assert!(line.starts_with("warning") && line.contains("reading the database"), "{line}");
    call(&client).await;
    drop(reader);
    // Nothing is called meanwhile: it becomes small by itself.
    until("it is small", async || (size(&home) <= SMALL).then_some(())).await;
    until("the metric follows", async || (metric(&gateway).await <= SMALL).then_some(())).await;
    let log = gateway.log();
    assert_eq!(log.matches("write-ahead log is large").count(), 1, "{log}");
    assert!(log.contains("write-ahead log is small again"), "{log}");
    let told = home.run(&["doctor"]).await.good();
    assert!(!told.out.contains("reading the database"), "{told:?}");
    call(&client).await;
    gateway.stop().await;
    home.verify().await;
}

#[tokio::test]
async fn a_reader_who_stays_holds_up_neither_calls_nor_the_end() {
    let home = Home::new().await;
    home.change("[log]\nfilter = \"info\"\n");
    let mut gateway = home.start().await;
    let client = home.client(&gateway).await;
    let reader = reader(&home);
    grow(&home, &client, LARGE).await;
    call(&client).await;
    gateway.signal(rustix::process::Signal::TERM);
    let ended = timeout(Duration::from_secs(10), gateway.ended()).await;
    assert_eq!(ended.expect("it ends").code(), Some(0), "{}", gateway.log());
    drop(reader);
    home.verify().await;
    let gateway = home.start().await;
    until("what was left is moved", async || (size(&home) <= SMALL).then_some(())).await;
    gateway.stop().await;
    home.verify().await;
}

#[tokio::test]
async fn a_log_that_outgrows_the_bound_of_the_database_refuses_no_call() {
    let home = Home::new().await;
    home.change("[log]\nfilter = \"info\"\n[data]\nmax_size = \"32MiB\"\n");
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    let reader = reader(&home);
    home.grow_log(36 * 1024 * 1024);
    assert!(size(&home) > 32 * 1024 * 1024);
    call(&client).await;
    let told = home.run(&["doctor"]).await.good();
    let line = told.out.lines().find(|line| line.contains("data.max_size")).unwrap();
    assert!(line.starts_with("good"), "only what the bound counts is held against it: {line}");
    drop(reader);
    gateway.stop().await;
    home.verify().await;
}
