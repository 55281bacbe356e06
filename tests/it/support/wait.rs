//! Waiting for what tells nobody that it happened.

use std::time::Duration;

/// How often a condition is tried, five milliseconds apart.
const TRIES: u32 = 2000;

/// Waits until `condition` holds, and fails the test if it never does.
pub(crate) async fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    for _ in 0..TRIES {
        if condition() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never: {what}");
}
