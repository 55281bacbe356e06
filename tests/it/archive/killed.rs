//! The real gateway dies at any moment of a move, again and again.

use super::{day, fill};
use crate::support::Home;
use std::time::Duration;
use tokio::time::sleep;

#[tokio::test]
async fn a_gateway_that_is_killed_while_it_moves_loses_nothing() {
    let home = Home::new().await;
    for days in [4, 3, 2] {
        fill(&home, days, 700).await;
    }
    for pause in [30, 90, 160, 400] {
        let gateway = home.start().await;
        let (mut asked, _lines) = home.watch(&["audit", "archive", "--before", &day(0)]);
        // Not awaited for anything: the moment is to be any.
        sleep(Duration::from_millis(pause)).await;
        gateway.kill().await;
        asked.wait().await.unwrap();
        let told = home.run(&["audit", "verify"]).await.good();
        assert!(told.out.starts_with("good: "), "after {pause} ms: {}", told.out);
    }
    let gateway = home.start().await;
    home.run(&["audit", "archive", "--before", &day(0)]).await.good();
    let whole = home.run(&["audit", "verify", "--complete"]).await;
    assert_eq!(whole.code, 0, "{}", whole.out);
    assert!(whole.out.contains("segments: 3 read, records 1 to 2100"), "{}", whole.out);
    let found = home.run(&["audit", "search", "--archived", "--output", "json"]).await.good();
    let fillers = found.lines().into_iter().filter(|one| one["action"] == "store.recovered");
    assert_eq!(fillers.count(), 2100, "each once");
    gateway.stop().await;
}
