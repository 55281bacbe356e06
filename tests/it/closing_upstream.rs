//! An upstream that closes its connections some time after each answer, perhaps just when the next call is
//! on its way: no call's end is in doubt for that.

use crate::support::{Client, TestApp, TestSettings};
use serde_json::{Value, json};
use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};

const GENERATE: &str = "/v1/ideogram-v3/generate";

/// Callers side by side, and how many calls each makes, one after the other.
const CALLERS: u64 = 10;
const CALLS: u64 = 100;

/// The longest time in milliseconds after which the upstream closes.
const LONGEST: u64 = 50;

/// The bodies of the calls that arrived.
type Arrived = Arc<Mutex<Vec<Value>>>;

/// Starts an upstream of the test's own, and returns its URL and what arrives.
async fn upstream(tasks: &mut JoinSet<()>) -> (String, Arrived) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let arrived = Arrived::default();
    let notes = Arc::clone(&arrived);
    tasks.spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            connections.spawn(serve(stream, Arc::clone(&notes)));
        }
    });
    (url, arrived)
}

/// Answers what comes until nothing came for as many milliseconds as the last call's seed says.
async fn serve(mut stream: TcpStream, arrived: Arrived) {
    stream.set_nodelay(true).unwrap();
    let mut patience = Duration::from_mins(1);
    while let Ok(Ok(Some(call))) = timeout(patience, request(&mut stream)).await {
        patience = Duration::from_millis(call["seed"].as_u64().unwrap_or_default());
        if call["prompt"].is_string() {
            arrived.lock().unwrap().push(call);
        }
        let picture = json!({"url": "https://example.com/a.png", "is_image_safe": true});
        let body = json!({"created": "2026-01-01T00:00:00Z", "data": [picture]}).to_string();
        let length = body.len();
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ";
        let answer = format!("{head}{length}\r\n\r\n{body}");
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Reads one request and returns its body; null where it has none.
async fn request(stream: &mut TcpStream) -> io::Result<Option<Value>> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length = head
                .split("content-length: ")
                .nth(1)
                .map_or(0, |rest| rest.split("\r\n").next().unwrap().parse().unwrap());
            let body = &bytes[end + 4..];
            if body.len() == length {
                return Ok(Some(serde_json::from_slice(body).unwrap_or_default()));
            }
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    }
}

/// Makes calls, each about when the connection of the one before is closed.
async fn call(client: Client, caller: u64) {
    for number in 0..CALLS {
        let closes_after = (caller * CALLS + number) * 7 % (LONGEST + 1);
        let body = json!({"prompt": format!("caller{caller}call{number}"), "seed": closes_after});
        let reply = client.post(GENERATE, &body).await;
        assert_eq!(reply.status, 200, "closed after {closes_after} ms: {reply:?}");
        // Two milliseconds to either side. It is the machine's sockets that this is a race with.
        sleep(Duration::from_millis((closes_after + number % 5).saturating_sub(2))).await;
    }
}

#[tokio::test]
async fn a_thousand_paid_calls_just_when_connections_are_closed_all_arrive_once_and_are_answered() {
    let mut upstreams = JoinSet::new();
    let (url, arrived) = upstream(&mut upstreams).await;
    let toml = format!("[accounts.ideogram]\nbase_url = \"{url}\"\n");
    let app = TestApp::with(TestSettings { toml, ..TestSettings::default() }).await;
    let client = app.client().await;
    let calling: JoinSet<()> = (0..CALLERS).map(|caller| call(client.clone(), caller)).collect();
    calling.join_all().await;
    let mut arrived: Vec<_> =
        arrived.lock().unwrap().iter().map(|call| call["prompt"].to_string()).collect();
    arrived.sort();
    let all = arrived.len();
    arrived.dedup();
    let expected = usize::try_from(CALLERS * CALLS).unwrap();
    assert_eq!((all, arrived.len()), (expected, expected));
}
