//! Who is not listened to.

use super::house::House;
use std::{net::IpAddr, time::Duration};

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_address_is_blocked_after_its_failures_and_others_are_not() {
    let verifier = House::new().verifier;
    let (bad, good) = (address("192.0.2.1"), address("192.0.2.2"));
    for _ in 0..59 {
        verifier.failed(bad);
    }
    assert_eq!(verifier.blocked(bad), None);
    verifier.failed(bad);
    assert_eq!(verifier.blocked(bad), Some(Duration::from_mins(1)));
    assert_eq!(verifier.blocked(address("::ffff:192.0.2.1")), Some(Duration::from_mins(1)));
    assert_eq!(verifier.blocked(good), None);
    tokio::time::advance(Duration::from_mins(1)).await;
    assert_eq!(verifier.blocked(bad), None);
}

#[tokio::test(start_paused = true)]
async fn a_network_of_the_sixth_version_is_one_and_memory_is_bounded() {
    let verifier = House::new().verifier;
    for host in 0..60_u32 {
        verifier.failed(address(&format!("2001:db8::{host:x}")));
    }
    assert!(verifier.blocked(address("2001:db8::ffff")).is_some());
    assert!(verifier.blocked(address("2001:db8:1::1")).is_none());
    for a in 0..=255_u8 {
        for b in 0..=255_u8 {
            verifier.failed(IpAddr::from([10, 0, a, b]));
        }
    }
    // Those beyond the bound are counted together, and an old one stays apart.
    assert!(verifier.blocked(address("10.0.255.255")).is_some());
    assert!(verifier.blocked(address("10.0.0.1")).is_none());
}
