//! An upstream made of a raw socket: the test decides every byte, and keeps every byte.

use socket2::SockRef;
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A listener on loopback that answers nothing by itself.
pub(super) struct Fake {
    listener: TcpListener,
}

/// One connection, as the upstream sees it.
pub(super) struct Peer {
    pub(super) tcp: TcpStream,
    extra: Vec<u8>,
}

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Fake {
    pub(super) async fn listen() -> Self {
        Self { listener: TcpListener::bind(("127.0.0.1", 0)).await.unwrap() }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.listener.local_addr().unwrap())
    }

    pub(super) async fn accept(&self) -> Peer {
        let patience = Duration::from_secs(20);
        let accepted = tokio::time::timeout(patience, self.listener.accept()).await;
        Peer { tcp: accepted.expect("somebody connects").unwrap().0, extra: Vec::new() }
    }

    /// Takes one request on a new connection, answers it, and returns both.
    pub(super) async fn answer(&self, reply: &[u8]) -> (Peer, Seen) {
        let mut peer = self.accept().await;
        let seen = peer.answer(reply).await;
        (peer, seen)
    }

    /// Asserts that nobody else is knocking. Loopback connects at once, so there is no waiting.
    pub(super) async fn no_one_else_came(&self) {
        tokio::task::yield_now().await;
        let accepted = tokio::time::timeout(Duration::ZERO, self.listener.accept()).await;
        assert!(accepted.is_err(), "another connection was opened");
    }
}

impl Peer {
    /// Reads one request to its end.
    pub(super) async fn request(&mut self) -> Seen {
        let head = self.head().await;
        let length = header(&head, "content-length").map_or(0, |text| text.parse().unwrap());
        while self.extra.len() < length {
            assert!(self.more().await > 0, "the request ended early");
        }
        Seen { head, body: self.extra.drain(..length).collect() }
    }

    /// Reads one request to its end; `None` when the other side hangs up instead.
    pub(super) async fn next_request(&mut self) -> Option<Seen> {
        if self.extra.is_empty() && self.more().await == 0 {
            return None;
        }
        Some(self.request().await)
    }

    /// Reads the head of a request and leaves its body.
    pub(super) async fn head(&mut self) -> String {
        loop {
            if let Some(end) = self.extra.windows(4).position(|part| part == b"\r\n\r\n") {
                return String::from_utf8(self.extra.drain(..end + 4).collect()).unwrap();
            }
            assert!(self.more().await > 0, "no request came");
        }
    }

    /// Reads what comes, and returns how much it was; 0 at the end.
    pub(super) async fn more(&mut self) -> usize {
        self.tcp.read_buf(&mut self.extra).await.unwrap_or(0)
    }

    /// Returns what was read and not yet used.
    pub(super) fn unread(&self) -> &[u8] {
        &self.extra
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) {
        self.tcp.write_all(bytes).await.unwrap();
    }

    /// Writes as much as the other side takes.
    pub(super) async fn try_write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.tcp.write_all(bytes).await
    }

    pub(super) async fn answer(&mut self, reply: &[u8]) -> Seen {
        let seen = self.request().await;
        self.write(reply).await;
        seen
    }

    /// Breaks the connection off, so that the other side sees a reset.
    pub(super) fn reset(self) {
        SockRef::from(&self.tcp).set_linger(Some(Duration::ZERO)).unwrap();
    }
}

impl Seen {
    /// Returns all values of a header, in order.
    pub(super) fn header(&self, name: &str) -> Vec<&str> {
        headers(&self.head).filter(|(known, _)| known == name).map(|(_, value)| value).collect()
    }
}

fn header(head: &str, name: &str) -> Option<String> {
    headers(head).find(|(known, _)| known == name).map(|(_, value)| value.to_owned())
}

fn headers(head: &str) -> impl Iterator<Item = (String, &str)> {
    let lines = head.split("\r\n").skip(1).filter_map(|line| line.split_once(": "));
    lines.map(|(name, value)| (name.to_ascii_lowercase(), value))
}

/// Returns a reply with a length.
pub(super) fn reply(status: &str, content_type: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// Returns a JSON reply.
pub(super) fn json(status: &str, body: &str) -> Vec<u8> {
    reply(status, "application/json", body.as_bytes())
}
