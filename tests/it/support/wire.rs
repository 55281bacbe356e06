//! A client that writes and reads bytes as it likes.

use super::{Reply, raw_answer};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// A connection on which nothing happens by itself.
#[derive(Debug)]
pub(crate) struct Raw(TcpStream);

impl Raw {
    /// Connects to `http://HOST:PORT`.
    pub(crate) async fn connect(url: &str) -> Self {
        Self(TcpStream::connect(url.strip_prefix("http://").unwrap()).await.unwrap())
    }

    /// Sends the head of a JSON request of so many bytes.
    pub(crate) async fn head(&mut self, path: &str, token: &str, length: usize) {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: gateway\r\nApi-Key: {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        );
        self.write(head.as_bytes()).await;
    }

    /// Does the same, and waits until the gateway asks for the body.
    pub(crate) async fn head_that_waits(&mut self, path: &str, token: &str, length: usize) {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: gateway\r\nApi-Key: {token}\r\nExpect: 100-continue\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        );
        self.write(head.as_bytes()).await;
        let told = self.answer_head().await;
        assert!(told.starts_with("HTTP/1.1 100 "), "{told}");
    }

    /// Sends bytes.
    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
        self.0.flush().await.unwrap();
    }

    /// Reads the head of an answer, which must come soon.
    pub(crate) async fn answer_head(&mut self) -> String {
        let head = timeout(Duration::from_secs(10), self.read_head()).await;
        head.unwrap_or_else(|_| panic!("no answer"))
    }

    /// Reads a whole answer, whose length its head must tell.
    pub(crate) async fn answer(&mut self) -> Reply {
        raw_answer(&mut self.0).await
    }

    /// Waits until the other side has closed the connection, and returns what came before.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        let read = timeout(Duration::from_secs(10), self.0.read_to_end(&mut rest)).await;
        read.unwrap_or_else(|_| panic!("still open")).unwrap();
        rest
    }

    async fn read_head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.0.read_u8().await.unwrap());
        }
        String::from_utf8(head).unwrap()
    }
}
