//! Bodies on their way in.

use super::house::House;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

#[tokio::test]
async fn a_body_arrives_whole_however_it_is_framed() {
    let house = House::open().await;
    let mut client = house.connect().await;
    client.send(b"POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe").await;
    client.send(b"llo").await;
    client.answer().await;
    client.send(b"POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r").await;
    client.send(b"\nhello\r\n0\r\nTrailer: dropped\r\n\r\n").await;
    client.answer().await;
    let bodies: Vec<_> = house.seen.lock().unwrap().iter().map(|s| s.body.clone()).collect();
    assert_eq!(bodies, ["hello", "hello"]);
}

#[tokio::test]
async fn a_client_that_asks_first_is_told_to_go_on() {
    let house = House::open().await;
    let mut client = house.connect().await;
    let head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
    client.send(head).await;
    assert_eq!(client.answer().await, "HTTP/1.1 100 Continue\r\n\r\n");
    client.send(b"ok").await;
    assert!(client.answer().await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn an_announced_length_beyond_the_cap_is_refused_before_the_body() {
    let house = House::open().await;
    let head =
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\nExpect: 100-continue\r\n\r\n";
    let text = house.say(head).await;
    assert!(text.starts_with("HTTP/1.1 413 "), "{text}");
}

#[tokio::test]
async fn a_chunked_body_beyond_the_cap_is_refused_and_the_client_gets_to_read_it() {
    let house = House::open().await;
    let mut client = house.connect().await;
    client.send(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n").await;
    let chunk = [b"10000\r\n".as_slice(), &vec![b'x'; 0x10000], b"\r\n"].concat();
    // Far more than the sockets hold: closing with unread bytes would destroy the answer.
    for _ in 0..400 {
        client.0.write_all(&chunk).await.unwrap();
    }
    client.0.shutdown().await.unwrap();
    let text = client.rest().await;
    assert!(text.starts_with("HTTP/1.1 413 "), "{text}");
}

#[tokio::test]
async fn a_call_refused_before_its_body_is_read_gets_its_answer_while_it_sends() {
    let house = House::open().await;
    let mut client = house.connect().await;
    client.send(b"POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n").await;
    for _ in 0..200 {
        client.0.write_all(&vec![b'x'; 100_000]).await.unwrap();
    }
    let text = client.rest().await;
    assert!(text.starts_with("HTTP/1.1 429 "), "{text}");
    assert!(text.contains("\r\nretry-after: 1\r\n"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stands_still_is_given_up() {
    let house = House::open().await;
    let started = tokio::time::Instant::now();
    let text = house.say(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe").await;
    assert!(text.starts_with("HTTP/1.1 408 "), "{text}");
    assert!(started.elapsed() >= Duration::from_secs(30));
    assert_eq!(house.requests(), [""; 0]);
}

#[tokio::test]
async fn a_body_that_ends_early_never_becomes_a_call() {
    let house = House::open().await;
    let mut client = house.connect().await;
    client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe").await;
    client.0.shutdown().await.unwrap();
    client.rest().await;
    assert_eq!(house.requests(), [""; 0]);
}

#[tokio::test]
async fn an_answer_without_content_states_no_length() {
    let house = House::open().await;
    let text = house.say(b"GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(text.starts_with("HTTP/1.1 204 "), "{text}");
    assert!(!text.contains("content-length"), "{text}");
    let text = house.say(b"HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(text.contains("content-length: 4\r\n") && text.ends_with("\r\n\r\n"), "{text}");
}
