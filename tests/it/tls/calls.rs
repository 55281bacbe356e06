//! Calls over TLS: what holds without it holds with it.

use super::{GENERATE, NAMES, Secured};
use crate::support::{eventually, head};
use ideogate::simulator::{Act, Script};
use sha2::{Digest, Sha256};
use socket2::SockRef;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

const BODY: &str = r#"{"prompt":"a lighthouse","num_images":2}"#;

#[tokio::test]
async fn an_upload_of_20_mb_and_a_large_answer_arrive_whole() {
    let secured = Secured::spawn().await;
    let client = secured.client().await;
    secured.app.ideogram.script(Script::new(Act::Huge { bytes: 24 << 20 }));
    let picture = (0..20_u32 << 18).flat_map(u32::to_le_bytes);
    let start = "--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nrepaint it\r\n--b\r\n\
                 Content-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\
                 Content-Type: image/png\r\n\r\n";
    let body: Vec<u8> = start.bytes().chain(picture).chain(*b"\r\n--b--\r\n").collect();
    let (length, digest) = (body.len(), hex::encode(Sha256::digest(&body)));
    let request = client.request("POST", "/v1/ideogram-v3/remix").body(body);
    let request = request.header("content-type", "multipart/form-data; boundary=b");
    let reply = client.send(request).await;
    assert_eq!(reply.status, 200);
    assert!(reply.body.len() >= 24 << 20, "{}", reply.body.len());
    let seen = secured.app.ideogram.seen();
    let arrived = &seen.calls[0];
    assert_eq!((arrived.body_length, &arrived.body_sha256), (length as u64, &digest));
    assert!(length > 20 << 20, "{length}");
}

#[tokio::test]
async fn a_client_that_hangs_up_in_the_queue_in_any_way_frees_its_seat() {
    let secured = Secured::with("accounts.ideogram.max_in_flight = 2\n").await;
    let client = secured.client().await;
    secured.app.ideogram.script(Script::new(Act::Hold));
    let first = tokio::spawn({
        let client = client.clone();
        async move { client.post_text(GENERATE, BODY).await }
    });
    secured.app.working(1).await;
    let mut waiting = Vec::new();
    for _ in 0..9 {
        let mut stream = secured.connect().await;
        let request = format!("{}{BODY}", head(&client, GENERATE, BODY.len()));
        stream.write_all(request.as_bytes()).await.unwrap();
        waiting.push(stream);
    }
    eventually("all wait", || secured.app.places() == (2, 0, 9)).await;
    let mut said_goodbye = waiting.split_off(6);
    for stream in &mut said_goodbye {
        stream.shutdown().await.unwrap();
    }
    secured.app.places_become((2, 0, 6)).await;
    // The others close without TLS's goodbye, three of them with a reset.
    for stream in waiting.drain(..3) {
        SockRef::from(stream.get_ref().0).set_linger(Some(Duration::ZERO)).unwrap();
    }
    secured.app.places_become((2, 0, 3)).await;
    drop(waiting);
    secured.app.places_become((2, 0, 0)).await;
    secured.app.ideogram.release();
    assert_eq!(first.await.unwrap().status, 200);
    assert_eq!((secured.app.arrived(), secured.app.ideogram.billed_images()), (1, 2));
}

#[tokio::test]
async fn requests_that_can_be_read_in_two_ways_are_refused_over_tls_too() {
    let secured = Secured::spawn().await;
    let client = secured.client().await;
    let mut stream = secured.connect().await;
    let two = format!(
        "POST {GENERATE} HTTP/1.1\r\nHost: {}\r\nApi-Key: {}\r\nContent-Length: 4\r\n\
         Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        NAMES[0], client.token
    );
    stream.write_all(two.as_bytes()).await.unwrap();
    let answer = super::rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert_eq!(secured.app.arrived(), 0);
}
