//! The outcome table, row by row.

use super::{
    fake::{Fake, Peer, json, reply},
    house::{House, MAX_ANSWER, answered, content, generate},
};
use crate::upstream::{NotSent, ReadError, SendOutcome, UnknownReason, Unreadable};
use http::StatusCode;
use std::time::Duration;
use tokio::{join, net::TcpSocket};

/// Lets a call meet one connection on which `play` does as it likes, and asserts that there was
/// no second one.
async fn met_by<F: Future<Output = ()>>(play: impl FnOnce(Peer) -> F) -> SendOutcome {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    let (sent, ()) = join!(house.send(generate()), async { play(fake.accept().await).await });
    fake.no_one_else_came().await;
    sent
}

/// Lets a call meet one connection that answers and then ends.
async fn told(bytes: &[u8]) -> SendOutcome {
    met_by(async |mut peer: Peer| {
        peer.answer(bytes).await;
    })
    .await
}

#[track_caller]
fn unknown(sent: &SendOutcome) -> UnknownReason {
    match sent {
        SendOutcome::Unknown { reason, answer: None } => *reason,
        other => panic!("not unknown: {other:?}"),
    }
}

#[track_caller]
fn charged(sent: &SendOutcome) -> Unreadable {
    match sent {
        SendOutcome::Charged { status, reason } if status.is_success() => *reason,
        other => panic!("not charged: {other:?}"),
    }
}

#[tokio::test]
#[should_panic(expected = "another connection was opened")]
async fn a_second_connection_would_be_noticed() {
    let fake = Fake::listen().await;
    let _second = tokio::net::TcpStream::connect(&fake.url()["http://".len()..]).await.unwrap();
    fake.no_one_else_came().await;
}

#[tokio::test]
async fn clear_answers_are_passed_as_they_are() {
    for status in [
        "200 OK",
        "201 Created",
        "400 Bad",
        "402 Pay",
        "403 No",
        "404 Gone",
        "408 Slow",
        "413 Big",
        "422 Unsafe",
        "499 Odd",
        "500 Oops",
        "503 Busy",
        "501 Odd",
        "507 Odd",
    ] {
        let answer = answered(told(&json(status, r#"{"a":1}"#)).await);
        assert_eq!(answer.status.as_str(), &status[..3]);
        assert_eq!(content(&answer), r#"{"a":1}"#);
        assert!(!answer.echoed_key);
    }
    for status in ["400 Bad", "500 Oops", "503 Busy"] {
        let answer = answered(told(&reply(status, "text/html", b"<p>")).await);
        assert_eq!(answer.status.as_str(), &status[..3], "not JSON, and clear all the same");
    }
}

#[tokio::test]
async fn a_429_hands_the_warrant_back() {
    let sent = told(b"HTTP/1.1 429 Wait\r\nretry-after: 3\r\ncontent-length: 2\r\n\r\n{}").await;
    let SendOutcome::RefusedForNow { answer, warrant } = sent else { panic!("{sent:?}") };
    assert_eq!(warrant.call().as_str(), "call_test");
    assert_eq!(answer.headers["retry-after"], "3");
    assert_eq!(content(&answer), "{}");
}

#[tokio::test]
async fn a_401_hands_the_warrant_back() {
    let sent = told(&json("401 Unauthorized", "{}")).await;
    let SendOutcome::RejectedKey { answer, warrant } = sent else { panic!("{sent:?}") };
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(warrant.call().as_str(), "call_test");
}

#[tokio::test]
async fn doubtful_answers_are_unknown_and_passed() {
    let html = ["502 Bad", "504 Late", "520 Odd", "524 Late", "529 Full", "501 Odd", "530 Odd"];
    let html = html.map(|status| (status, "text/html"));
    let as_json = ["502 Bad", "504 Late", "521 Down"].map(|status| (status, "application/json"));
    for (status, kind) in html.into_iter().chain(as_json) {
        let sent = told(&reply(status, kind, b"body")).await;
        let SendOutcome::Unknown { reason: UnknownReason::Gateway, answer: Some(answer) } = sent
        else {
            panic!("{status}: {sent:?}");
        };
        assert_eq!(answer.status.as_str(), &status[..3]);
        assert_eq!(content(&answer), "body");
    }
}

#[tokio::test]
async fn a_redirect_is_neither_followed_nor_passed() {
    let elsewhere = Fake::listen().await;
    for status in [300, 301, 302, 303, 304, 307, 308] {
        let location = elsewhere.url();
        let bytes = format!(
            "HTTP/1.1 {status} Go\r\nlocation: {location}\r\ncontent-length: 4\r\n\r\nbody"
        );
        assert_eq!(unknown(&told(bytes.as_bytes()).await), UnknownReason::Redirect);
    }
    elsewhere.no_one_else_came().await;
}

#[tokio::test]
async fn an_upgrade_is_unknown() {
    let bytes = b"HTTP/1.1 101 Switch\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nbytes";
    assert_eq!(unknown(&told(bytes).await), UnknownReason::Protocol);
}

#[tokio::test]
async fn what_is_not_http_is_unknown() {
    let huge = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "a".repeat(900_000));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(101));
    for bytes in [
        "nonsense\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd",
        "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 99 Low\r\n\r\n",
        "HTTP/1.1 700 High\r\ncontent-length: 0\r\n\r\n",
        &huge,
        &many,
    ] {
        // A head that is too long may be refused while it is still being written.
        let sent = met_by(async |mut peer: Peer| {
            peer.request().await;
            _ = peer.try_write(bytes.as_bytes()).await;
        })
        .await;
        let shown = &bytes[..bytes.len().min(60)];
        assert_eq!(unknown(&sent), UnknownReason::Protocol, "{shown}");
    }
}

#[tokio::test]
async fn a_reset_after_the_first_byte_is_unknown() {
    let sent = met_by(async |mut peer: Peer| {
        peer.request().await;
        peer.reset();
    });
    assert_eq!(unknown(&sent.await), UnknownReason::Reset);
}

#[tokio::test]
async fn an_end_after_the_first_byte_is_unknown() {
    let closed = met_by(async |mut peer: Peer| drop(peer.request().await)).await;
    assert_eq!(unknown(&closed), UnknownReason::Reset);
    assert_eq!(unknown(&told(b"HTTP/1.1 200 O").await), UnknownReason::Reset);
    assert_eq!(unknown(&told(b"HTTP/1.1 103 Hint\r\n\r\n").await), UnknownReason::Reset);
}

#[tokio::test]
async fn our_timeout_after_the_first_byte_is_unknown_and_hangs_up() {
    let sent = met_by(async |mut peer: Peer| {
        peer.request().await;
        tokio::time::pause();
        assert_eq!(peer.more().await, 0, "the connection was closed");
    });
    assert_eq!(unknown(&sent.await), UnknownReason::Timeout);
}

#[tokio::test]
async fn a_success_that_is_cut_off_is_charged() {
    for bytes in [
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nnonsense\r\n",
    ] {
        assert_eq!(charged(&told(bytes.as_bytes()).await), Unreadable::Truncated, "{bytes}");
    }
    let reset = met_by(async |mut peer: Peer| {
        peer.answer(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc").await;
        peer.reset();
    });
    // A reset may overtake the head, and then nobody knows.
    let (SendOutcome::Charged { .. } | SendOutcome::Unknown { .. }) = reset.await else { panic!() };
}

#[tokio::test]
async fn a_success_that_takes_too_long_is_charged() {
    let sent = met_by(async |mut peer: Peer| {
        peer.answer(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc").await;
        tokio::task::yield_now().await;
        tokio::time::pause();
        assert_eq!(peer.more().await, 0, "the connection was closed");
    });
    assert_eq!(charged(&sent.await), Unreadable::Timeout);
}

#[tokio::test]
async fn a_success_that_is_too_large_is_charged() {
    let declared = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", MAX_ANSWER + 1);
    assert_eq!(charged(&told(declared.as_bytes()).await), Unreadable::TooLarge);

    let undeclared = met_by(async |mut peer: Peer| {
        peer.answer(b"HTTP/1.1 200 OK\r\n\r\n").await;
        let part = vec![b'a'; 1024 * 1024];
        while peer.try_write(&part).await.is_ok() {}
    });
    assert_eq!(charged(&undeclared.await), Unreadable::TooLarge);
}

#[tokio::test]
async fn a_refusal_that_is_cut_off_is_released_and_its_warrant_spent() {
    for status in [400, 401, 402, 404, 422, 429, 500, 503] {
        let bytes = format!("HTTP/1.1 {status} No\r\ncontent-length: 10\r\n\r\nabc");
        let sent = told(bytes.as_bytes()).await;
        let SendOutcome::Released { status: seen, reason: Unreadable::Truncated } = sent else {
            panic!("{status}: {sent:?}");
        };
        assert_eq!(seen, status);
    }
    for status in [502, 504, 520, 599] {
        let bytes = format!("HTTP/1.1 {status} No\r\ncontent-length: 10\r\n\r\nabc");
        assert_eq!(unknown(&told(bytes.as_bytes()).await), UnknownReason::Gateway);
    }
}

#[tokio::test]
async fn nothing_is_sent_when_nobody_listens() {
    // Taken, but nobody listens: a free port might be somebody else's a moment later.
    let taken = TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}", taken.local_addr().unwrap());
    let sent = House::new(&url).send(generate()).await;
    let SendOutcome::NotSent { cause: NotSent::Connect(_), warrant } = sent else {
        panic!("{sent:?}")
    };
    assert_eq!(warrant.call().as_str(), "call_test");
}

#[tokio::test]
async fn nothing_is_sent_when_the_name_is_unknown() {
    // This name is reserved for never existing. A machine without a resolver may take its time.
    let sent = House::new("https://no-such.invalid").send(generate()).await;
    let SendOutcome::NotSent { cause, .. } = sent else { panic!("{sent:?}") };
    assert!(matches!(cause, NotSent::Resolve(_) | NotSent::Timeout), "{cause:?}");
}

#[tokio::test]
async fn interim_answers_are_skipped() {
    for interim in ["100 Continue", "102 Processing", "103 Early Hints"] {
        let bytes = format!(
            "HTTP/1.1 {interim}\r\nlink: </a>\r\n\r\nHTTP/1.1 {interim}\r\n\r\n\
             HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{{}}"
        );
        assert_eq!(content(&answered(told(bytes.as_bytes()).await)), "{}");
    }
}

#[tokio::test]
async fn answers_of_every_framing_are_read_to_their_end() {
    for bytes in [
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nt: u\r\n\r\n",
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello",
        "HTTP/1.0 200 OK\r\n\r\nhello",
    ] {
        let answer = answered(told(bytes.as_bytes()).await);
        assert_eq!(content(&answer), "hello", "{bytes}");
        assert!(answer.headers.is_empty());
    }
    let none = answered(told(b"HTTP/1.1 204 None\r\n\r\n").await);
    assert!(none.body.is_empty());
}

#[tokio::test]
async fn only_listed_headers_are_kept() {
    let bytes = b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-encoding: identity\r\n\
        content-disposition: inline\r\ncontent-language: de\r\ncache-control: no-store\r\n\
        cache-control: private\r\nretry-after: 1\r\nset-cookie: a=b\r\nserver: x\r\nvia: y\r\n\
        location: /z\r\nstrict-transport-security: max-age=1\r\nx-anything: 1\r\n\
        keep-alive: timeout=5\r\ncontent-length: 0\r\n\r\n";
    let answer = answered(told(bytes).await);
    let mut names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
    names.sort();
    let listed = ["cache-control", "content-disposition", "content-encoding", "content-language"];
    assert_eq!(names[..4], listed);
    assert_eq!(names[4..], ["content-type", "retry-after"]);
    assert_eq!(answer.headers.get_all("cache-control").iter().count(), 2);
}

#[tokio::test]
async fn a_read_tells_answers_from_errors() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    let rejected = json("401 No", "{}");
    let (answer, _) = join!(house.upstream.get(&house.key, "/models"), fake.answer(&rejected));
    assert_eq!(answer.unwrap().status, StatusCode::UNAUTHORIZED);

    let gone = b"HTTP/1.1 302 Go\r\nlocation: /\r\ncontent-length: 0\r\n\r\n";
    let (answer, _) = join!(house.upstream.get(&house.key, "/models"), fake.answer(gone));
    assert!(matches!(answer, Err(ReadError::Unanswered(UnknownReason::Redirect))), "{answer:?}");

    let late = async {
        let mut peer = fake.accept().await;
        peer.request().await;
        tokio::time::pause();
        let begun = tokio::time::Instant::now();
        assert_eq!(peer.more().await, 0);
        begun.elapsed()
    };
    let (answer, took) = join!(house.upstream.get(&house.key, "/models"), late);
    assert!(matches!(answer, Err(ReadError::Unanswered(UnknownReason::Timeout))), "{answer:?}");
    assert!(took < Duration::from_secs(40), "a read waits less long than a call: {took:?}");
}
