//! What is too much, too long or too slow.

use super::house::{House, limits};
use crate::web::ConnectionLimits;
use std::{sync::Arc, time::Duration};
use tokio::{io::AsyncReadExt, time::Instant};

async fn status(house: &House, bytes: &str) -> String {
    let text = house.say(bytes.as_bytes()).await;
    text.get(9..12).unwrap_or_default().to_owned()
}

fn get(target: &str, fields: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{fields}\r\n")
}

#[tokio::test]
async fn a_target_of_8_kib_gets_in_and_a_longer_one_does_not() {
    let house = House::open().await;
    let target = |len: usize| format!("/{}", "x".repeat(len - 1));
    assert_eq!(status(&house, &get(&target(8192), "")).await, "200");
    assert_eq!(status(&house, &get(&target(8193), "")).await, "414");
    let endless = format!("GET /{}", "x".repeat(20_000));
    assert_eq!(status(&house, &endless).await, "414");
}

#[tokio::test]
async fn a_header_of_64_fields_and_32_kib_gets_in_and_a_larger_one_does_not() {
    let house = House::open().await;
    assert_eq!(status(&house, &get("/", &"X: y\r\n".repeat(62))).await, "200");
    assert_eq!(status(&house, &get("/", &"X: y\r\n".repeat(63))).await, "431");
    let large = |len: usize| format!("X: {}\r\n", "y".repeat(len));
    assert_eq!(status(&house, &get("/", &large(32_600))).await, "200");
    assert_eq!(status(&house, &get("/", &large(32_800))).await, "431");
    let endless = format!("GET / HTTP/1.1\r\nX: {}", "y".repeat(40_000));
    assert_eq!(status(&house, &endless).await, "431");
}

#[tokio::test(start_paused = true)]
async fn a_header_that_does_not_end_in_time_is_answered_and_closed() {
    let house = House::open().await;
    let started = Instant::now();
    let text = house.say(b"GET / HTTP/1.1\r\nHost: a\r\nX: ").await;
    assert!(text.starts_with("HTTP/1.1 408 "), "{text}");
    assert!(text.contains("the header did not arrive in time"), "{text}");
    assert!(started.elapsed() >= Duration::from_secs(10));
    assert_eq!(house.requests(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_says_nothing_is_closed_without_a_word() {
    let house = House::open().await;
    let started = Instant::now();
    assert_eq!(house.say(b"").await, "");
    assert!((10..12).contains(&started.elapsed().as_secs()));
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_kept_for_a_while_after_its_last_answer() {
    let house = House::open().await;
    let mut client = house.connect().await;
    for _ in 0..3 {
        client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        client.answer().await;
        tokio::time::sleep(Duration::from_secs(50)).await;
    }
    let started = Instant::now();
    assert_eq!(client.rest().await, "");
    assert!((8..12).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
}

/// A shorter time than that for a header is no less kept, after the first answer and after others.
#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_kept_as_long_as_the_settings_say_however_short_that_is() {
    for seconds in [1, 3, 9] {
        let keep_alive = Duration::from_secs(seconds);
        let house = House::open_with(ConnectionLimits { keep_alive, ..limits() }).await;
        let mut client = house.connect().await;
        for _ in 0..3 {
            client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
            client.answer().await;
            tokio::time::sleep(Duration::from_millis(seconds * 1000 - 100)).await;
        }
        let started = Instant::now();
        assert_eq!(client.rest().await, "");
        assert!(started.elapsed() <= Duration::from_millis(200), "{:?}", started.elapsed());
        // A header that has begun has the header's own time.
        let mut slow = house.connect().await;
        slow.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        slow.answer().await;
        slow.send(b"GET / HTTP/1.1\r\n").await;
        tokio::time::sleep(Duration::from_millis(9_500)).await;
        slow.send(b"Host: a\r\n\r\n").await;
        slow.answer().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_waits_for_us_is_not_idle_however_short_the_time_of_idle_ones() {
    let keep_alive = Duration::from_secs(1);
    let house = House::open_with(ConnectionLimits { keep_alive, ..limits() }).await;
    let mut client = house.connect().await;
    client.send(b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let mut space = [0; 1];
    let read = tokio::time::timeout(Duration::from_mins(10), client.0.read(&mut space)).await;
    assert!(read.is_err(), "closed while the request was at work");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_waits_for_us_is_not_idle() {
    let house = House::open().await;
    let mut client = house.connect().await;
    client.send(b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let mut space = [0; 1];
    let read = tokio::time::timeout(Duration::from_mins(10), client.0.read(&mut space)).await;
    assert!(read.is_err(), "closed while the request was at work");
}

#[tokio::test]
async fn one_connection_too_many_is_told_so_and_closed() {
    let limits = ConnectionLimits { max_connections_per_address: 1, ..limits() };
    let house = House::open_with(limits).await;
    let mut first = house.connect().await;
    first.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    first.answer().await;
    let text = house.say(b"").await;
    assert!(text.starts_with("HTTP/1.1 503 Service Unavailable\r\n"), "{text}");
    assert!(text.contains("\r\nretry-after: 1\r\n"), "{text}");
    assert!(text.contains(r#""code":"too_many_connections""#), "{text}");
    drop(first);
    // The place comes free as soon as the house has noticed.
    while !house.say(get("/", "").as_bytes()).await.starts_with("HTTP/1.1 200") {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn clients_behind_a_trusted_proxy_are_not_counted_as_one() {
    let trusted_proxies = Arc::new(["127.0.0.1/32".parse().unwrap()]);
    let limits = ConnectionLimits { max_connections_per_address: 1, trusted_proxies, ..limits() };
    let house = House::open_with(limits).await;
    let _first = house.connect().await;
    let request = get("/", "X-Forwarded-For: 6.6.6.6, 203.0.113.9\r\n");
    assert_eq!(status(&house, &request).await, "200");
    assert_eq!(house.seen.lock().unwrap()[0].client, "203.0.113.9");
}
