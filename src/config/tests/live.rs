//! Settings in force, and what replaces them.

use super::support::Given;
use crate::config::LiveSettings;
use std::sync::Arc;

#[tokio::test]
async fn a_swap_wakes_whoever_waits_and_leaves_snapshots_as_they_were() {
    let live = LiveSettings::new(Given::nothing().load().unwrap().settings);
    let (before, mut changes) = (live.now(), live.clone().changes());
    assert!(!changes.has_changed().unwrap());
    let next = Arc::new(Given::settings("[queue]\ncapacity = 7\n").load().unwrap().settings);
    live.swap(Arc::clone(&next));
    changes.changed().await.unwrap();
    assert!(Arc::ptr_eq(&live.now(), &next), "clones share what is in force");
    assert_eq!((before.queue.capacity, live.now().queue.capacity), (1_000, 7));
}
