//! A house with a door and a face that tells what it saw.

use crate::{
    domain::ErrorCode,
    spool::{SpoolBudget, SpoolLimits, SpoolWriter},
    tasks::Tasks,
    telemetry::Metrics,
    web::{
        Body, ClientError, ConnectionLimits, DeliveryEnd, HelpLinks, LeavesFiles, Listener,
        ListenerState, RequestInfo, Serving, receive, serve, to_axum,
    },
};
use axum::{Extension, Router, extract::Request};
use http::Response;
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_util::sync::CancellationToken;

/// What the face saw of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) request: String,
    pub(super) body: String,
    pub(super) client: String,
}

/// Tells that a request's future was dropped.
struct IdleTimer(mpsc::UnboundedSender<()>);

impl Drop for IdleTimer {
    fn drop(&mut self) {
        self.0.send(()).ok();
    }
}

pub(super) struct House {
    pub(super) address: SocketAddr,
    pub(super) seen: Arc<Mutex<Vec<Seen>>>,
    pub(super) deliveries: mpsc::UnboundedReceiver<DeliveryEnd>,
    pub(super) dropped: mpsc::UnboundedReceiver<()>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) tasks: Tasks,
    pub(super) shutdown: CancellationToken,
}

pub(super) fn limits() -> ConnectionLimits {
    ConnectionLimits {
        header_timeout: Duration::from_secs(10),
        keep_alive: Duration::from_mins(1),
        answer_idle_timeout: Duration::from_secs(30),
        files: LeavesFiles::None,
        max_connections: 100,
        max_connections_per_address: 100,
        trusted_proxies: Arc::new([]),
    }
}

impl House {
    pub(super) async fn open() -> Self {
        Self::open_with(limits()).await
    }

    pub(super) async fn open_with(limits: ConnectionLimits) -> Self {
        Self::open_on(limits, |listener, _| listener).await
    }

    pub(super) async fn open_on<L: Listener>(
        limits: ConnectionLimits,
        port: impl FnOnce(TcpListener, &Arc<Metrics>) -> L,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tell_delivery, deliveries) = mpsc::unbounded_channel();
        let (tell_dropped, dropped) = mpsc::unbounded_channel();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (metrics, tasks) = (Metrics::new(), Tasks::default());
        let door = ListenerState::new("proxy", limits, Arc::clone(&metrics));
        let notes = Arc::clone(&seen);
        let face = router(move |info: RequestInfo, request: Request| {
            let (notes, tell) = (Arc::clone(&notes), tell_delivery.clone());
            let alarm = IdleTimer(tell_dropped.clone());
            async move {
                let response = answer(info, request, notes).await;
                std::mem::forget(alarm);
                response.map(|body| {
                    body.watched(move |delivery| {
                        tell.send(delivery).ok();
                    })
                })
            }
        });
        let shutdown = CancellationToken::new();
        let listener = port(listener, &metrics);
        let serving = Serving::until(shutdown.clone(), tasks.clone());
        let served = serve(listener, face, door, serving);
        tokio::spawn(served);
        Self { address, seen, deliveries, dropped, metrics, tasks, shutdown }
    }

    pub(super) async fn connect(&self) -> Client {
        Client(TcpStream::connect(self.address).await.unwrap())
    }

    /// Sends bytes on a connection of their own and returns all that comes until it is closed.
    pub(super) async fn say(&self, bytes: &[u8]) -> String {
        let mut client = self.connect().await;
        client.send(bytes).await;
        client.rest().await
    }

    pub(super) fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|seen| seen.request.clone()).collect()
    }
}

/// Returns a face that answers everything in one way.
pub(super) fn router<F, Answer>(answer: F) -> Router
where
    F: Fn(RequestInfo, Request) -> Answer + Clone + Send + Sync + 'static,
    Answer: Future<Output = Response<Body>> + Send,
{
    Router::new()
        .fallback(async move |Extension(info), request| to_axum(answer(info, request).await))
}

/// The face: `/wait` never answers, `/large` answers much, `/nothing` has no content, `/panic` panics, `/refuse` answers before it reads.
async fn answer(
    info: RequestInfo,
    request: Request,
    notes: Arc<Mutex<Vec<Seen>>>,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    let mut seen = Seen {
        request: format!("{} {path}", head.method),
        body: String::new(),
        client: info.client.to_string(),
    };
    if path == "/refuse" {
        notes.lock().unwrap().push(seen);
        return ClientError::new(ErrorCode::QueueFull, "the queue is full")
            .into_response(&info.id, &HelpLinks::default());
    }
    let dir = std::env::temp_dir();
    let all = SpoolLimits { memory: 1 << 26, disk: 1 << 26, per_token: 1 << 26, min_free: 0 };
    let budget = SpoolBudget::new(all, &dir).unwrap();
    let cap = 1 << 20;
    let writer = SpoolWriter::new(&budget, None, cap);
    let received = receive(body, writer, cap, Duration::from_secs(30)).await;
    match received {
        Ok(spool) => {
            let bytes = spool.bytes(1 << 20).unwrap().unwrap();
            seen.body = String::from_utf8_lossy(&bytes).into_owned();
            notes.lock().unwrap().push(seen);
        }
        Err(error) => return error.problem().into_response(&info.id, &HelpLinks::default()),
    }
    match path.as_str() {
        "/wait" => std::future::pending().await,
        "/nothing" => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = http::StatusCode::NO_CONTENT;
            response
        }
        "/panic" => panic!("the face failed"),
        "/large" => Response::new(Body::full(vec![b'x'; 1 << 24])),
        _ => Response::new(Body::full("done")),
    }
}

pub(super) struct Client(pub(super) TcpStream);

impl Client {
    pub(super) async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    /// Reads one answer with a `Content-Length`.
    pub(super) async fn answer(&mut self) -> String {
        let mut text = String::new();
        loop {
            let mut space = [0; 4096];
            let len = self.0.read(&mut space).await.unwrap();
            assert_ne!(len, 0, "closed after {text:?}");
            text.push_str(str::from_utf8(&space[..len]).unwrap());
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                if body.len() >= length.unwrap_or("0").parse::<usize>().unwrap() {
                    return text;
                }
            }
        }
    }

    pub(super) async fn rest(&mut self) -> String {
        let mut text = String::new();
        self.0.read_to_string(&mut text).await.unwrap();
        text
    }
}
