//! Somebody who is told: an HTTP server that keeps what it is sent.

use super::sweep::{Sink, now_or_never};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use ideogate::tasks::Tasks;
use parking_lot::Mutex;
use serde_json::Value;
use std::{future::pending, sync::Arc};
use tokio::net::TcpListener;

/// What a receiver does with what it is sent.
#[derive(Debug, Clone)]
pub(crate) enum Receives {
    /// It answers with a status.
    Status(u16),
    /// It sends the sender elsewhere, with this status.
    Redirect(u16, String),
    /// It never answers.
    Hangs,
}

/// A message as it came.
#[derive(Debug, Clone)]
pub(crate) struct ReceivedMessage {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl ReceivedMessage {
    /// Returns a header.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// Returns the body.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Returns what is told of it.
    pub(crate) fn data(&self) -> Value {
        self.json()["data"].clone()
    }
}

/// Somebody who is told.
#[derive(Debug)]
pub(crate) struct Receiver {
    pub(crate) url: String,
    shared: Arc<Shared>,
    _tasks: Tasks,
}

#[derive(Debug)]
struct Shared {
    does: Mutex<Receives>,
    seen: Mutex<Vec<ReceivedMessage>>,
}

impl Receiver {
    /// Listens on loopback.
    pub(crate) async fn new(does: Receives) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/told", listener.local_addr().unwrap());
        let shared = Arc::new(Shared { does: Mutex::new(does), seen: Mutex::default() });
        let app = Router::new().fallback(receive).with_state(Arc::clone(&shared));
        let tasks = Tasks::default();
        tasks.spawn_background("receiver", async move {
            axum::serve(listener, app).await.unwrap();
        });
        Self { url, shared, _tasks: tasks }
    }

    /// Does something else from now on.
    pub(crate) fn becomes(&self, does: Receives) {
        *self.shared.does.lock() = does;
    }

    /// Returns the messages of a type that came.
    pub(crate) fn of(&self, kind: &str) -> Vec<ReceivedMessage> {
        let seen = self.shared.seen.lock();
        seen.iter().filter(|message| message.json()["type"] == kind).cloned().collect()
    }

    /// Waits until a message of a type came, and returns the first.
    pub(crate) async fn first(&self, kind: &str) -> ReceivedMessage {
        super::eventually(kind, || !self.of(kind).is_empty()).await;
        self.of(kind).remove(0)
    }
}

async fn receive(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    // Neither a prompt nor a key nor a person's name may be told.
    now_or_never(Sink::Own, "notification", &body);
    shared.seen.lock().push(ReceivedMessage { headers, body });
    let does = shared.does.lock().clone();
    match does {
        Receives::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Receives::Redirect(status, to) => {
            (StatusCode::from_u16(status).unwrap(), [("location", to)]).into_response()
        }
        Receives::Hangs => pending().await,
    }
}
