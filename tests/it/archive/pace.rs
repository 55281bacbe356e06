//! Calls do not wait for records that move.

use super::{day, fill};
use crate::support::{Client, Home};
use serde_json::json;
use std::time::{Duration, Instant};

/// How many records move; more are asked for where it is measured.
const RECORDS: &str = "IDEOGATE_TEST_ARCHIVE_RECORDS";

/// Returns how long each of so many calls took, shortest first.
async fn calls(client: &Client, mut goes_on: impl FnMut(usize) -> bool) -> Vec<Duration> {
    let mut took = Vec::new();
    while goes_on(took.len()) {
        let begun = Instant::now();
        let reply = client.post("/v1/ideogram-v3/generate", &json!({"prompt": "x"})).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    took
}

fn at(took: &[Duration], percent: usize) -> Duration {
    took[(took.len() - 1) * percent / 100]
}

#[tokio::test]
async fn records_move_and_calls_do_not_wait() {
    let records = std::env::var(RECORDS).ok().and_then(|text| text.parse().ok()).unwrap_or(6_000);
    let home = Home::new().await;
    home.change("[log]\nfilter = \"warn\"\n");
    fill(&home, 3, records).await;
    let size = || std::fs::metadata(home.data().join("ideogate.db")).unwrap().len();
    let before = size();
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    let alone = calls(&client, |done| done < 100).await;
    let begun = Instant::now();
    let (mut asked, _lines) = home.watch(&["audit", "archive", "--before", &day(0)]);
    let beside = calls(&client, |_| asked.try_wait().unwrap().is_none()).await;
    let took = begun.elapsed();
    let whole = home.run(&["audit", "verify", "--complete"]).await;
    assert_eq!(whole.code, 0, "{}", whole.out);
    let metrics = Client::new(gateway.ready.admin.clone(), "").get("/metrics").await;
    let metrics = String::from_utf8(metrics.body.to_vec()).unwrap();
    let slow: Vec<_> =
        metrics.lines().filter(|line| line.contains("journal_commit_seconds")).collect();
    eprintln!(
        "{records} records in {took:?}; calls alone {:?} and {:?} at 99 %, beside {:?} and {:?}, {} of them; \
         {before} bytes and then {}\n{}",
        at(&alone, 50),
        at(&alone, 99),
        at(&beside, 50),
        at(&beside, 99),
        beside.len(),
        size(),
        slow.join("\n")
    );
    gateway.stop().await;
    assert!(size() < before / 2, "{} of {before}", size());
    let most = (at(&alone, 99) * 5).max(Duration::from_millis(400));
    assert!(at(&beside, 90) < most, "{:?}, and {:?} before", at(&beside, 90), at(&alone, 99));
}
