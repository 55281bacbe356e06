//! What arrives at Ideogram.

use super::{
    fake::{Fake, json},
    house::{House, KEY, answered, content, generate, warrant},
};
use crate::upstream::{Credential, NotSent, SendOutcome, UpstreamRequest};
use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode};
use tokio::join;

const OK: &str = r#"{"data":[]}"#;

#[tokio::test]
async fn a_request_arrives_with_exactly_what_was_rebuilt() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    let mut request = generate();
    request.path_and_query = "/v1/ideogram-v3/generate?webhook_url=https%3A%2F%2Fa.test".into();
    request.accept = Some(HeaderValue::from_static("application/json, */*"));
    request.accept_language = Some(HeaderValue::from_static("de"));
    let ok = json("200 OK", OK);
    let (sent, (_peer, seen)) = join!(house.send(request), fake.answer(&ok));

    let host = fake.url().replace("http://", "");
    let version = env!("CARGO_PKG_VERSION");
    let expected = format!(
        "POST /v1/ideogram-v3/generate?webhook_url=https%3A%2F%2Fa.test HTTP/1.1\r\n\
         host: {host}\r\n\
         user-agent: ideogate/{version}\r\n\
         accept-encoding: identity\r\n\
         content-type: application/json\r\n\
         accept: application/json, */*\r\n\
         accept-language: de\r\n\
         content-length: 18\r\n\
         api-key: {KEY}\r\n\r\n"
    );
    assert_eq!(seen.head, expected);
    assert_eq!(seen.body, br#"{"prompt":"a cat"}"#);
    let answer = answered(sent);
    assert_eq!((answer.status, content(&answer)), (StatusCode::OK, OK.into()));
}

#[tokio::test]
async fn a_read_arrives_with_exactly_what_was_rebuilt() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    let read = house.upstream.get(&house.key, "/models?scope=mine");
    let ok = json("200 OK", OK);
    let (answer, (_peer, seen)) = join!(read, fake.answer(&ok));

    let host = fake.url().replace("http://", "");
    let version = env!("CARGO_PKG_VERSION");
    let expected = format!(
        "GET /models?scope=mine HTTP/1.1\r\nhost: {host}\r\nuser-agent: ideogate/{version}\r\n\
         accept-encoding: identity\r\naccept: application/json\r\napi-key: {KEY}\r\n\r\n"
    );
    assert_eq!(seen.head, expected);
    assert_eq!(content(&answer.unwrap()), OK);
}

#[tokio::test]
async fn a_body_arrives_byte_for_byte_from_memory_and_from_disk() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    for length in [1, 1000, 70_000, 1_000_000, 6_000_000_u32] {
        let body: Bytes =
            (0..length).map(|at| at.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
        let request = UpstreamRequest { body: Some(house.spool(body.clone()).await), ..generate() };
        let ok = json("200 OK", OK);
        let mut peer = None;
        let exchange = async {
            let mut new = fake.accept().await;
            let seen = new.answer(&ok).await;
            peer = Some(new);
            seen
        };
        let (sent, seen) = join!(house.send(request), exchange);
        answered(sent);
        assert_eq!(seen.header("content-length"), [length.to_string()]);
        assert!(seen.body == body, "{length} bytes came out differently");
        assert_eq!(seen.header("api-key"), [KEY]);
    }
}

#[tokio::test]
async fn a_call_without_a_body_says_that_its_length_is_zero() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    let empty = house.spool(Bytes::new()).await;
    for body in [None, Some(empty)] {
        let request = UpstreamRequest { body, ..generate() };
        let ok = json("200 OK", OK);
        let (sent, (_peer, seen)) = join!(house.send(request), fake.answer(&ok));
        answered(sent);
        assert_eq!(seen.header("content-length"), ["0"]);
        assert!(seen.header("transfer-encoding").is_empty());
    }
}

#[tokio::test]
async fn a_target_that_could_smuggle_is_not_sent() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    for target in ["/a b", "/a HTTP/1.1\r\nx: y", "http://evil.test/", "*", "/a#b", ""] {
        let request = UpstreamRequest { path_and_query: target.into(), ..generate() };
        let sent = house.send(request).await;
        assert!(
            matches!(sent, SendOutcome::NotSent { cause: NotSent::Target, .. }),
            "{target}: {sent:?}"
        );
    }
    fake.no_one_else_came().await;
}

#[tokio::test]
async fn a_key_of_another_account_is_not_sent() {
    let (fake, other) = (Fake::listen().await, Fake::listen().await);
    let (house, elsewhere) = (House::new(&fake.url()), House::new_for("other", &other.url()));
    let sent = house.upstream.send(warrant(), &elsewhere.key, generate()).await;
    assert!(matches!(sent, SendOutcome::NotSent { cause: NotSent::ForeignKey, .. }), "{sent:?}");
    fake.no_one_else_came().await;
    other.no_one_else_came().await;
}

#[tokio::test]
async fn a_method_with_a_length_of_nothing_stays_bare() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    let request = UpstreamRequest { method: Method::GET, body: None, ..generate() };
    let ok = json("200 OK", OK);
    let (sent, (_peer, seen)) = join!(house.send(request), fake.answer(&ok));
    answered(sent);
    assert!(seen.header("content-length").is_empty());
}

#[test]
fn a_key_version_shows_nothing_of_its_key() {
    let house = tokio::runtime::Runtime::new()
        .unwrap()
        .block_on(async { House::new("https://api.ideogram.ai") });
    let shown = format!("{:?} {:?}", house.key, house.upstream);
    assert_eq!(shown, r#"KeyVersion("…x\\yz") Upstream(AccountName("ideogram"))"#);
    let key = Credential::new(KEY.into()).unwrap();
    assert!(!format!("{key:?}").contains("0123"));
}
