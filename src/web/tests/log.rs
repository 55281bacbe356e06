//! What a request leaves in the log.

use super::house::House;
use std::{
    io,
    sync::{Arc, Mutex},
};
use tracing_subscriber::{EnvFilter, fmt::Subscriber};

#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl io::Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Paper {
    /// Writes down what this thread logs.
    fn lay_out(&self, filter: &str) -> tracing::subscriber::DefaultGuard {
        let paper = self.clone();
        let lines = Subscriber::builder().with_env_filter(EnvFilter::new(filter)).with_ansi(false);
        tracing::subscriber::set_default(lines.with_writer(move || paper.clone()).finish())
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

async fn ask(house: &mut House, path: &str) -> String {
    let fields =
        "Api-Key: idg_dev_secret\r\nIdeogate-Request-Id: req_mine\r\nConnection: close\r\n";
    let text =
        house.say(format!("GET {path} HTTP/1.1\r\nHost: a\r\n{fields}\r\n").as_bytes()).await;
    house.deliveries.recv().await.unwrap();
    text
}

#[tokio::test]
async fn a_request_leaves_one_line_with_its_id_and_no_secret() {
    let paper = Paper::default();
    let _guard = paper.lay_out("info");
    let mut house = House::open().await;
    let answer = ask(&mut house, "/v1/idg_dev_secret?token=idg_dev_secret").await;
    let id = answer.split("ideogate-request-id: ").nth(1).unwrap().lines().next().unwrap();
    assert!(id.starts_with("req_") && id != "req_mine", "{id}");
    assert!(answer.contains("\r\nserver-timing: queue;dur=0.0, upstream;dur=0.0, gateway;dur="));
    let text = paper.text();
    assert_eq!(text.lines().count(), 1, "{text}");
    for part in [id, "status=200", "duration_ms=", "method=GET", "client.address=127.0.0.1"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("idg_dev_secret"), "{text}");
}

#[tokio::test]
async fn a_health_check_is_for_those_only_who_look_closely() {
    let paper = Paper::default();
    let _guard = paper.lay_out("info");
    let mut house = House::open().await;
    ask(&mut house, "/healthz").await;
    assert_eq!(paper.text(), "");
}

#[tokio::test]
async fn nothing_of_a_request_is_in_the_log_at_the_finest_level() {
    let paper = Paper::default();
    let _guard = paper.lay_out("trace");
    let mut house = House::open().await;
    ask(&mut house, "/generate").await;
    let text = paper.text();
    assert!(text.contains("answered"), "{text}");
    assert!(!text.contains("idg_dev_secret"), "{text}");
}

#[tokio::test]
async fn a_refusal_at_the_door_is_in_the_log_with_its_code() {
    let paper = Paper::default();
    let _guard = paper.lay_out("info");
    let house = House::open().await;
    house.say(b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n").await;
    while paper.text().is_empty() {
        tokio::task::yield_now().await;
    }
    let text = paper.text();
    assert!(text.contains("status=400") && text.contains("ambiguous_request"), "{text}");
}

/// Asks for what is never answered, ends what `end` ends, and returns what the log says.
fn unanswered(end: impl FnOnce(tokio::runtime::Runtime, super::house::Client)) -> String {
    let paper = Paper::default();
    let _guard = paper.lay_out("info");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = runtime.block_on(async {
        let house = House::open().await;
        let mut client = house.connect().await;
        client.send(b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n").await;
        while house.requests().is_empty() {
            tokio::task::yield_now().await;
        }
        client
    });
    end(runtime, client);
    paper.text()
}

#[test]
fn a_client_that_left_and_one_that_was_cut_off_are_told_apart() {
    let cut_off = unanswered(|runtime, client| {
        drop(runtime);
        drop(client);
    });
    assert!(cut_off.contains("cut off before its answer: the gateway ended"), "{cut_off}");
    let left = unanswered(|runtime, client| {
        drop(client);
        runtime.block_on(async {
            for _ in 0..1_000 {
                tokio::task::yield_now().await;
            }
        });
        drop(runtime);
    });
    assert!(left.contains("client went away before its answer"), "{left}");
}
