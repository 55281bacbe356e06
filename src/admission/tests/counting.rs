//! What operators and metrics see.

use super::clerk::{admission, answer, knock, seat, settle};
use crate::admission::AdmissionCounters;
use crate::domain::CallId;
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn status_reads_as_the_design_says() {
    let admission = admission(4, 10);
    admission.admit(seat("a", 3)).await.expect("room").hold(CallId::random());
    let _waits = knock(&admission, seat("a", 2)).await;
    let status = serde_json::to_value(admission.status()).expect("JSON");
    let expected = serde_json::json!([{
        "name": "account", "cap": 4, "effective_cap": 4, "in_use": 3, "unknown": 3, "queued": 1,
        "environments": [
            {"name": "e0", "in_use": 3, "queued": 1, "weight": 1},
            {"name": "e1", "in_use": 0, "queued": 0, "weight": 1},
        ],
        "draining": false, "stopped": false, "retry_after_ms": 5_000,
    }]);
    assert_eq!(status, expected);
}

#[tokio::test(start_paused = true)]
async fn what_happens_is_counted() {
    let admission = admission(2, 2);
    let busy = admission.admit(seat("a", 1)).await.expect("room");
    let heavy = knock(&admission, seat("b", 2)).await;
    drop(admission.admit(seat("c", 1)).await.expect("it may overtake"));
    let waits = knock(&admission, seat("b", 1)).await;
    assert!(admission.admit(seat("b", 2)).await.is_err());
    tokio::time::advance(Duration::from_secs(9)).await;
    drop(busy);
    settle().await;
    drop(answer(heavy).await.expect("its turn"));
    settle().await;
    drop(answer(waits).await.expect("its turn"));
    let counted = AdmissionCounters {
        admitted: 4,
        overtakes: 1,
        timeouts: 0,
        futile: 0,
        queue_full: 1,
        handed_over: 2,
    };
    assert_eq!(admission.counters()[0].1, counted);
}
