//! Requests written byte by byte, where a well-behaved client would not let us.

use super::{Reply, TestApp};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Sends these bytes, says no more, and returns the answer.
pub(crate) async fn raw(app: &TestApp, request: impl AsRef<[u8]>) -> Reply {
    raw_at(app.running.proxy(), request).await
}

/// Sends these bytes to a listener, says no more, and returns the answer.
pub(crate) async fn raw_at(address: SocketAddr, request: impl AsRef<[u8]>) -> Reply {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_ref()).await.unwrap();
    raw_answer(&mut stream).await
}

/// Reads one answer, whose length its head must tell.
pub(crate) async fn raw_answer(stream: &mut TcpStream) -> Reply {
    timeout(Duration::from_secs(30), read(stream)).await.unwrap()
}

async fn read(stream: &mut TcpStream) -> Reply {
    let mut bytes = Vec::new();
    loop {
        if let Some(reply) = complete(&bytes) {
            return reply;
        }
        let more = stream.read_buf(&mut bytes).await.unwrap();
        assert!(more > 0, "cut off: {:?}", String::from_utf8_lossy(&bytes));
    }
}

fn complete(bytes: &[u8]) -> Option<Reply> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().unwrap();
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        headers.append(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    let length: usize = headers["content-length"].to_str().unwrap().parse().unwrap();
    let body = bytes.get(end + 4..end + 4 + length)?;
    Some(Reply { status, headers, body: Bytes::copy_from_slice(body) }.heard(false))
}
