//! What is written down.

use crate::vendor::{V3, Vendor, body, form, ok, v3_call};
use ideogate::simulator::{CallEnd, SimulatorOptions};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

#[tokio::test]
async fn a_head_is_kept_byte_for_byte() {
    let vendor = Vendor::start().await;
    let call = v3_call("X-Odd:   Spelling \r\nx-odd:again\r\nConnection: close\r\n");
    vendor.raw(&call).await;
    let seen = vendor.simulator.seen();
    let call_seen = &seen.calls[0];
    let (head, body) = call.split_once("\r\n\r\n").expect("a head");
    assert_eq!(call_seen.head, format!("{head}\r\n\r\n"));
    assert_eq!(call_seen.headers[3], ("X-Odd".to_owned(), "Spelling".to_owned()));
    assert_eq!(call_seen.header("API-KEY"), Some("simulator"));
    assert_eq!((&call_seen.body[..], call_seen.body_length), (body.as_bytes(), 18));
    assert_eq!((call_seen.places, call_seen.status), (1, Some(200)));
    assert_eq!((call_seen.end, call_seen.path()), (CallEnd::Answered, V3));
}

#[tokio::test]
async fn two_calls_on_one_connection_have_their_own_heads() {
    let vendor = Vendor::start().await;
    let chunked = format!(
        "POST {V3}?x=1 HTTP/1.1\r\nHost: x\r\nApi-Key: simulator\r\nTransfer-Encoding: chunked\r\n\
         Content-Type: application/json\r\n\r\n8\r\n{{\"prompt\r\nA\r\n\":\"a cat\"}}\r\n0\r\n\r\n"
    );
    vendor.raw(&format!("{chunked}{}", v3_call("Connection: close\r\n"))).await;
    let seen = vendor.simulator.seen();
    let statuses: Vec<_> = seen.calls.iter().map(|call| call.status).collect();
    assert_eq!((seen.connections, statuses), (1, vec![Some(200), Some(200)]));
    assert!(seen.calls[0].head.starts_with(format!("POST {V3}?x=1 ").as_bytes()));
    assert!(seen.calls[1].head.ends_with(b"Content-Length: 18\r\n\r\n"));
    assert_eq!(seen.calls[0].body, seen.calls[1].body);
}

#[tokio::test]
async fn a_large_body_is_kept_in_part_and_known_in_full() {
    let vendor = Vendor::start().await;
    let form = form(&[("prompt", "a cat")], &[]).file("image", 3 << 20);
    ok(vendor.form("/v1/ideogram-v3/remix", form).await);
    let call = vendor.simulator.seen().calls.remove(0);
    assert_eq!(call.body.len(), 1 << 20);
    assert!(call.body_length > 3 << 20);
    assert_eq!(call.body_sha256.len(), 64);
}

#[tokio::test]
async fn a_request_that_stops_halfway_is_written_down_as_such() {
    let vendor = Vendor::start().await;
    let call = v3_call("");
    let mut stream = TcpStream::connect(vendor.address).await.expect("a connection");
    stream.write_all(&call.as_bytes()[..call.len() - 5]).await.expect("written");
    vendor.simulator.seen_when(|seen| seen.calls.len() == 1).await;
    drop(stream);
    let seen = vendor.simulator.seen_when(|seen| seen.broken_requests == 1).await;
    assert_eq!((seen.calls[0].end, seen.calls[0].status), (CallEnd::ClientGone, None));
    assert_eq!(vendor.simulator.billed_images(), 0);
}

#[tokio::test]
async fn what_is_no_request_is_counted() {
    let vendor = Vendor::start().await;
    vendor.raw("NONSENSE\r\n\r\n").await;
    let seen = vendor.simulator.seen_when(|seen| seen.broken_requests == 1).await;
    assert!(seen.calls.is_empty());
}

#[tokio::test]
async fn only_the_last_calls_are_remembered() {
    let options = SimulatorOptions { pace: 0.0, kept_calls: 2, ..Default::default() };
    let vendor = Vendor::start_with(options).await;
    for _ in 0..3 {
        ok(vendor.json(V3, &json!({"prompt": "a cat"})).await);
    }
    let seen = vendor.simulator.seen();
    assert_eq!((seen.calls.len(), seen.forgotten, seen.calls[0].id), (2, 1, 1));
}

#[tokio::test]
async fn a_reset_forgets_calls_peaks_and_bills() {
    let vendor = Vendor::start().await;
    ok(vendor.json(V3, &json!({"prompt": "a cat"})).await);
    vendor.simulator.reset();
    let seen = vendor.simulator.seen();
    assert_eq!((seen.calls.len(), seen.most_places_in_flight), (0, 0));
    assert_eq!(vendor.simulator.billed_usd_micros(), 0);
    ok(vendor.json(V3, &json!({"prompt": "a cat"})).await);
    assert_eq!(vendor.simulator.seen().calls[0].id, 1);
}

#[tokio::test]
async fn commands_from_outside_are_obeyed_only_when_allowed() {
    let closed = Vendor::start().await;
    assert_eq!(closed.get("/_simulator/seen").send().await.expect("an answer").status(), 404);
    let options = SimulatorOptions { pace: 0.0, control: true, ..Default::default() };
    let vendor = Vendor::start_with(options).await;
    let script = json!([{"act": {"answer": {"status": 503}}, "path": "/models", "times": 2}]);
    ok(vendor.json("/_simulator/script", &script).await);
    assert_eq!(vendor.json("/_simulator/script", &json!({"act": "dance"})).await.status(), 400);
    assert_eq!(vendor.get("/models").send().await.expect("an answer").status(), 503);
    ok(vendor.json(V3, &json!({"prompt": "a cat"})).await);
    let get = async |path: &str| body(ok(vendor.get(path).send().await.expect("an answer"))).await;
    let seen = get("/_simulator/seen").await;
    assert_eq!(
        (seen["calls"].as_array().map(Vec::len), &seen["calls"][0]["status"]),
        (Some(2), &json!(503))
    );
    assert_eq!(get("/_simulator/billed").await, json!({"images": 1, "usd_micros": 60_000}));
    ok(vendor.json("/_simulator/reset", &json!({})).await);
    assert_eq!(get("/_simulator/seen").await["calls"], json!([]));
}

#[tokio::test]
async fn connections_end_with_the_server() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let tasks = ideogate::tasks::Tasks::default();
    let simulator = ideogate::simulator::Simulator::new(SimulatorOptions::default(), &tasks);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(async move {
        simulator.serve(listener, async { stopped.await.unwrap_or_default() }).await;
    });
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stop.send(()).expect("it listens");
    server.await.expect("it ends");
    let mut rest = Vec::new();
    assert_eq!(stream.read_to_end(&mut rest).await.unwrap_or(0), 0);
}
