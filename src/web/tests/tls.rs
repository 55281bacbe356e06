//! The door of a port that speaks TLS.

use super::{
    authority::Authority,
    house::{House, limits},
};
use crate::{
    config::TlsFiles,
    web::{ConnectionLimits, DeliveryEnd, Port, TlsIdentity, Wording},
};
use rustls::{ClientConfig, pki_types::ServerName};
use std::{io, sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::Instant,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

struct Secured {
    house: House,
    authority: Authority,
    _folder: TempDir,
}

impl Secured {
    async fn open() -> Self {
        Self::open_with(limits()).await
    }

    async fn open_with(limits: ConnectionLimits) -> Self {
        let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
        authority.issue(&["localhost"]).write(folder.path());
        let [certificate, key] = ["tls.crt", "tls.key"].map(|name| folder.path().join(name));
        let identity = TlsIdentity::open(TlsFiles { certificate, key }).unwrap();
        let house = House::open_on(limits, |listener, metrics| {
            Port::secure(listener, identity, "proxy", Arc::clone(metrics), Wording::default())
        });
        Self { house: house.await, authority, _folder: folder }
    }

    async fn connect(&self) -> TlsStream<TcpStream> {
        self.connect_as(self.authority.trusted()).await.unwrap()
    }

    async fn connect_as(&self, config: ClientConfig) -> io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(self.house.address).await?;
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }

    async fn say(&self, bytes: &[u8]) -> String {
        let mut client = self.connect().await;
        client.write_all(bytes).await.unwrap();
        let mut text = String::new();
        client.read_to_string(&mut text).await.unwrap();
        text
    }

    fn failures(&self, reason: &str) -> u32 {
        let series = format!(
            "ideogate_tls_handshake_failures_total{{listener=\"proxy\",reason=\"{reason}\"}} "
        );
        let text = self.house.metrics.render();
        text.lines().find_map(|line| line.strip_prefix(&*series)).map_or(0, |n| n.parse().unwrap())
    }
}

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn requests_are_read_as_strictly_as_without_tls() {
    let secured = Secured::open().await;
    assert!(secured.say(GET).await.starts_with("HTTP/1.1 200 OK"));
    let two = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    assert!(secured.say(two).await.starts_with("HTTP/1.1 400 "));
    assert_eq!(secured.house.requests(), ["GET /"]);
}

#[tokio::test]
async fn a_large_answer_arrives_whole_and_ends_with_a_goodbye() {
    let mut secured = Secured::open().await;
    let get = b"GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let text = secured.say(get).await;
    assert_eq!(text.split_once("\r\n\r\n").unwrap().1.len(), 1 << 24);
    assert_eq!(secured.house.deliveries.recv().await, Some(DeliveryEnd::Whole));
}

#[tokio::test]
async fn an_answer_that_the_client_never_took_is_gone() {
    let mut secured = Secured::open().await;
    let mut client = secured.connect().await;
    client.write_all(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    client.read_exact(&mut [0; 1024]).await.unwrap();
    drop(client);
    assert_eq!(secured.house.deliveries.recv().await, Some(DeliveryEnd::Gone { sent: 1 << 24 }));
}

#[tokio::test]
async fn a_client_that_hangs_up_in_any_way_drops_its_request() {
    let mut secured = Secured::open().await;
    for goodbye in ["close_notify", "end", "reset"] {
        let mut client = secured.connect().await;
        let post = b"POST /wait HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok";
        client.write_all(post).await.unwrap();
        while secured.house.requests().is_empty() {
            tokio::task::yield_now().await;
        }
        match goodbye {
            "close_notify" => client.shutdown().await.unwrap(),
            "reset" => {
                let socket = socket2::SockRef::from(client.get_ref().0);
                socket.set_linger(Some(Duration::ZERO)).unwrap();
                drop(client);
            }
            _ => drop(client),
        }
        secured.house.dropped.recv().await.unwrap();
        secured.house.seen.lock().unwrap().clear();
    }
}

#[tokio::test]
async fn plain_http_is_told_to_use_tls_and_reaches_nobody() {
    let secured = Secured::open().await;
    let large = format!("POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n{}", "x".repeat(100_000));
    for request in ["GET / HTTP/1.1\r\nHost: a\r\nApi-Key: idg_x\r\n\r\n", "\r\nG", &large] {
        let text = secured.house.say(request.as_bytes()).await;
        assert!(text.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{text}");
        assert!(text.contains("\r\nconnection: close\r\n"), "{text}");
        assert!(text.contains(r#""code":"malformed_request""#), "{text}");
        assert!(text.contains("this port speaks TLS: use https://"), "{text}");
    }
    assert_eq!(secured.house.requests(), [""; 0]);
    assert_eq!(secured.failures("plain_http"), 3);
    assert!(secured.say(GET).await.starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_does_not_end_in_time_is_closed_and_its_place_is_free() {
    let limits = ConnectionLimits { max_connections: 1, ..limits() };
    let secured = Secured::open_with(limits).await;
    // The start of a greeting that never goes on, and nothing at all.
    for (greeting, count) in [(&b"\x16\x03\x01\x02\x00\x01\x00"[..], 1), (b"", 1)] {
        let started = Instant::now();
        assert_eq!(secured.house.say(greeting).await, "");
        assert!((10..12).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
        assert_eq!(secured.failures("timeout"), count);
        secured.emptied().await;
    }
    assert!(secured.say(GET).await.starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_sends_its_handshake_byte_by_byte_gets_no_more_time() {
    let secured = Secured::open().await;
    let mut client = TcpStream::connect(secured.house.address).await.unwrap();
    let started = Instant::now();
    let mut greeting = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".iter().cycle();
    while client.write_all(&[*greeting.next().unwrap()]).await.is_ok() {
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(started.elapsed().as_secs() < 20, "still listened to");
    }
    assert_eq!(secured.failures("timeout"), 1);
}

#[tokio::test]
async fn what_is_not_tls_or_not_ours_is_told_apart_and_harms_nobody() {
    let secured = Secured::open().await;
    let rubbish = secured.house.say(b"\x00\x01\x02\x03\x04\x05\x06\x07").await;
    assert!(!rubbish.starts_with("HTTP"), "{rubbish:?}");
    assert_eq!(secured.failures("not_tls"), 1);
    let mut only_h2 = secured.authority.trusted();
    only_h2.alpn_protocols = vec![b"h2".to_vec()];
    assert!(secured.connect_as(only_h2).await.is_err());
    assert_eq!(secured.failures("protocol"), 1);
    let stranger = Authority::new().trusted();
    assert!(secured.connect_as(stranger).await.is_err());
    while secured.failures("refused_by_client") == 0 {
        tokio::task::yield_now().await;
    }
    let mut gone = TcpStream::connect(secured.house.address).await.unwrap();
    gone.write_all(b"\x16\x03\x01").await.unwrap();
    drop(gone);
    while secured.failures("gone") == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(secured.house.requests(), [""; 0]);
    assert!(secured.say(GET).await.starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn who_only_looks_whether_the_port_is_open_is_no_failure() {
    let secured = Secured::open().await;
    drop(TcpStream::connect(secured.house.address).await.unwrap());
    secured.say(GET).await;
    secured.emptied().await;
    let metrics = secured.house.metrics.render();
    let mut failures = metrics.lines().filter(|line| line.contains("handshake_failures_total{"));
    assert!(failures.all(|line| line.ends_with(" 0")), "{metrics}");
}

#[tokio::test]
async fn http_1_1_is_agreed_upon_and_who_comes_back_is_known_by_its_ticket() {
    let secured = Secured::open().await;
    let mut config = secured.authority.trusted();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let mut kinds = Vec::new();
    for _ in 0..2 {
        let mut client = secured.connect_as(config.clone()).await.unwrap();
        client.write_all(GET).await.unwrap();
        client.read_to_string(&mut String::new()).await.unwrap();
        assert_eq!(client.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
        kinds.push(client.get_ref().1.handshake_kind().unwrap());
    }
    assert_eq!(kinds, [rustls::HandshakeKind::Full, rustls::HandshakeKind::Resumed]);
}

impl Secured {
    /// Waits until nobody is connected.
    async fn emptied(&self) {
        let none = "ideogate_connections{listener=\"proxy\"} 0\n";
        while !self.house.metrics.render().contains(none) {
            tokio::task::yield_now().await;
        }
    }
}
