//! Bodies that do not come, or not whole.

use super::house::{House, answer, on_socket};
use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Value, json};
use std::io;

async fn posted(house: &House, body: Body) -> (u16, Value) {
    let mut request = on_socket("POST", "/api/v1/tokens", Some(json!({})));
    *request.body_mut() = body;
    answer(house.ask(request).await).await
}

async fn assert_nothing_was_made(house: &House, refusals: usize) {
    house.state.journal.flush().await.unwrap();
    let records = house.records();
    assert!(records.iter().all(|one| one.record.body.kind() == "refusal"), "{records:#?}");
    assert_eq!(records.len(), refusals);
}

#[tokio::test]
async fn a_body_that_stands_still_is_given_up() {
    let house = House::open();
    tokio::time::pause();
    let body = Body::from_stream(stream::pending::<io::Result<Bytes>>());
    let (status, problem) = posted(&house, body).await;
    tokio::time::resume();
    assert_eq!((status, &problem["code"]), (408, &json!("body_timeout")));
    assert_nothing_was_made(&house, 1).await;
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_called_too_large() {
    let house = House::open();
    let pieces = [Ok(Bytes::from("{")), Err(io::Error::from(io::ErrorKind::UnexpectedEof))];
    let (status, problem) = posted(&house, Body::from_stream(stream::iter(pieces))).await;
    assert_eq!((status, &problem["code"]), (400, &json!("malformed_request")));
    let (status, problem) = posted(&house, Body::from(vec![b' '; 64 * 1024 + 1])).await;
    assert_eq!((status, &problem["code"]), (413, &json!("body_too_large")));
    assert_nothing_was_made(&house, 2).await;
}
