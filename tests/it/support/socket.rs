//! A client that does only what it is told, byte by byte.

use super::{Client, TestApp, sweep};
use socket2::SockRef;
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A connection to the data plane; dropping it hangs up.
#[derive(Debug)]
pub(crate) struct Socket(TcpStream);

impl Socket {
    /// Connects to the gateway.
    pub(crate) async fn open(app: &TestApp) -> Self {
        Self(TcpStream::connect(app.running.proxy()).await.unwrap())
    }

    /// Connects, and takes in only a few bytes of what the gateway writes.
    pub(crate) async fn open_narrow(app: &TestApp) -> Self {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        Self(socket.connect(app.running.proxy()).await.unwrap())
    }

    /// Writes bytes.
    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    /// Posts JSON and does not wait for the answer.
    pub(crate) async fn post(&mut self, client: &Client, path: &str, body: &str) {
        sweep::met_in_body(body.as_bytes());
        let head = head(client, path, body.len());
        self.write(format!("{head}{body}").as_bytes()).await;
    }

    /// Reads exactly so many bytes.
    pub(crate) async fn read(&mut self, bytes: usize) -> Vec<u8> {
        let mut read = vec![0; bytes];
        let reading = self.0.read_exact(&mut read);
        tokio::time::timeout(Duration::from_secs(10), reading).await.unwrap().unwrap();
        read
    }

    /// Hangs up with a reset.
    pub(crate) fn reset(self) {
        SockRef::from(&self.0).set_linger(Some(Duration::ZERO)).unwrap();
    }
}

/// Returns the head of a request with a JSON body of so many bytes.
pub(crate) fn head(client: &Client, path: &str, length: usize) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: gateway\r\nApi-Key: {}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n",
        client.token
    )
}
