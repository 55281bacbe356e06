//! A client that hangs up and asks again at once, on another connection: its goodbye has not been read
//! when its retry is.

use super::GENERATE;
use crate::support::{Client, TestApp, TestSettings, head};
use ideogate::simulator::{Act, Script};
use socket2::SockRef;
use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::Arc,
    time::Duration,
};
use tokio::task::JoinSet;

/// How many clients do it side by side. Their calls and retries together are more than the cap of ten, so some
/// retries wait in the queue.
const SIDE_BY_SIDE: usize = 8;

/// A client's connection.
pub(crate) trait Line: Read + Write + Send {
    /// Hangs up, in one of several ways; what is returned is to be kept until the retry is answered.
    fn hang_up(self: Box<Self>, way: usize) -> Option<TcpStream>;
}

/// Opens connections.
pub(crate) type Open = Arc<dyn Fn() -> Box<dyn Line> + Send + Sync>;

impl Line for TcpStream {
    fn hang_up(self: Box<Self>, way: usize) -> Option<TcpStream> {
        if way % 2 == 1 {
            SockRef::from(&*self).set_linger(Some(Duration::ZERO)).unwrap();
        }
        None
    }
}

/// Connects to the data plane.
pub(crate) fn tcp(app: &TestApp) -> TcpStream {
    let stream = TcpStream::connect(app.running.proxy()).unwrap();
    patient(stream)
}

/// Gives up at some time.
pub(crate) fn patient(stream: TcpStream) -> TcpStream {
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

fn plain(app: &TestApp) -> Open {
    let address = app.running.proxy();
    Arc::new(move || Box::new(patient(TcpStream::connect(address).unwrap())))
}

/// A retry that was sent, and what is left of the first try.
type Retry = (Box<dyn Line>, Option<TcpStream>);

fn request(client: &Client, prompt: &str) -> Vec<u8> {
    let body = format!(r#"{{"prompt":"{prompt}"}}"#);
    let head = head(client, GENERATE, body.len());
    let head = head.replacen("\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1);
    format!("{head}{body}").into_bytes()
}

/// Sends a request, connects once more, hangs up the first, and sends the same on the second.
fn send_twice(open: &Open, request: &[u8], way: usize) -> Retry {
    let mut first = open();
    first.write_all(request).unwrap();
    first.flush().unwrap();
    let mut second = open();
    // A handshake takes place with the first bytes that are written.
    second.flush().unwrap();
    let left = first.hang_up(way);
    second.write_all(request).unwrap();
    second.flush().unwrap();
    (second, left)
}

fn read_answer((mut second, _left): Retry) -> String {
    let mut text = String::new();
    second.read_to_string(&mut text).unwrap();
    text
}

/// Has clients do it so many times, each time for a call of its own that Ideogram works on until the
/// retry is out; asserts that each call was sent once and answered.
pub(crate) async fn assert_sent_once(app: &TestApp, client: &Client, open: &Open, times: usize) {
    app.ideogram.script(Script::new(Act::Hold).always());
    for round in 0..times / SIDE_BY_SIDE {
        let mut sending = JoinSet::new();
        for number in 0..SIDE_BY_SIDE {
            let request = request(client, &format!("lighthouse{round}of{number}"));
            let open = Arc::clone(open);
            sending.spawn_blocking(move || send_twice(&open, &request, round + number));
        }
        let retries = sending.join_all().await;
        app.working((round + 1) * SIDE_BY_SIDE).await;
        app.ideogram.release();
        for retry in retries {
            let text = tokio::task::spawn_blocking(|| read_answer(retry)).await.unwrap();
            assert!(text.starts_with("HTTP/1.1 200 "), "round {round}: {text}");
        }
        assert_eq!(app.arrived(), (round + 1) * SIDE_BY_SIDE, "round {round} was sent twice");
    }
}

/// Has five clients that stay make the same call; asserts that these are five calls.
pub(crate) async fn assert_five_are_five(app: &TestApp, client: &Client, open: &Open) {
    app.ideogram.script(Script::new(Act::Hold).always());
    let (request, open) = (request(client, "lighthouse"), Arc::clone(open));
    let opening = tokio::task::spawn_blocking(move || {
        let send = |_| {
            let mut line = open();
            line.write_all(&request).unwrap();
            line.flush().unwrap();
            line
        };
        (0..5).map(send).collect::<Vec<_>>()
    });
    let lines = opening.await.unwrap();
    app.working(5).await;
    app.ideogram.release();
    for line in lines {
        let text = tokio::task::spawn_blocking(|| read_answer((line, None))).await.unwrap();
        assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
        assert!(!text.to_ascii_lowercase().contains("ideogate-recovered"), "{text}");
    }
    assert_eq!((app.arrived(), app.ideogram.billed_images()), (5, 5));
}

#[tokio::test]
async fn a_thousand_retries_at_once_are_never_sent_twice() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    assert_sent_once(&app, &client, &plain(&app), 1000).await;
}

#[tokio::test]
async fn five_identical_calls_of_clients_that_stay_are_five_calls() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    assert_five_are_five(&app, &client, &plain(&app)).await;
}

#[tokio::test]
async fn of_a_call_and_its_retry_at_once_in_the_queue_one_is_sent() {
    const TRIES: usize = 60;
    let toml = "[accounts.ideogram]\nmax_in_flight = 1\n".to_owned();
    let app = TestApp::with(TestSettings { toml, ..TestSettings::default() }).await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold));
    let mut busy = tcp(&app);
    busy.write_all(&request(&client, "busy")).unwrap();
    app.working(1).await;
    let (open, sender) = (plain(&app), client.clone());
    let sending = tokio::task::spawn_blocking(move || {
        let send =
            |number| send_twice(&open, &request(&sender, &format!("lighthouse{number}")), number);
        (0..TRIES).map(send).collect::<Vec<_>>()
    });
    let retries = sending.await.unwrap();
    app.places_become((1, 0, TRIES)).await;
    app.ideogram.release();
    for retry in retries {
        let text = tokio::task::spawn_blocking(|| read_answer(retry)).await.unwrap();
        assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
    }
    assert_eq!(app.arrived(), TRIES + 1);
}
