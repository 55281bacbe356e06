//! Whatever is clear passes unharmed, in whatever pieces it comes.

use super::{ConnectionNotes, ProtocolFault, StrictStream, Timeouts, framer::Framer};
use crate::web::Body;
use proptest::prelude::*;
use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};

/// A stream that gives its bytes in the pieces it was told.
struct Pieces {
    bytes: Vec<u8>,
    at: usize,
    sizes: Vec<usize>,
    turn: usize,
}

impl AsyncRead for Pieces {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let size = self.sizes[self.turn % self.sizes.len()];
        let len = size.min(out.remaining()).min(self.bytes.len() - self.at);
        out.put_slice(&self.bytes[self.at..self.at + len]);
        self.at += len;
        self.turn += 1;
        Poll::Ready(Ok(()))
    }
}

fn patience() -> Timeouts {
    let long = Duration::from_hours(1);
    Timeouts { head: long, keep_alive: long, answer_idle: long }
}

/// Reads all that passes, with reads of `room` bytes, and answers each request at once.
fn passed(bytes: &[u8], sizes: Vec<usize>, room: usize) -> Vec<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let wire = Arc::new(ConnectionNotes::new(None));
        let inner = Pieces { bytes: bytes.to_vec(), at: 0, sizes, turn: 0 };
        let mut stream = StrictStream::new(inner, Arc::clone(&wire), patience());
        let mut all = Vec::new();
        let mut space = vec![0; room];
        loop {
            if wire.quiet_since().is_none() {
                assert_eq!(wire.request_begins(), None);
                wire.answer_ends(None);
            }
            let len = stream.read(&mut space).await.unwrap();
            if len == 0 {
                return all;
            }
            all.extend_from_slice(&space[..len]);
        }
    })
}

/// A request that is well formed, with a body of some kind or none.
fn request() -> impl Strategy<Value = Vec<u8>> {
    let method = prop::sample::select(vec!["GET", "POST", "PUT", "DELETE", "BREW"]);
    let path = "/[a-z0-9/_.~%-]{0,40}(\\?[a-z=&]{0,20})?";
    let fields = prop::collection::vec("x-[a-z]{1,10}: ?[ -~]{0,30}", 0..8);
    let body = prop::collection::vec(any::<u8>(), 0..300);
    let chunk = 1..100usize;
    let kind = 0..3u8;
    let old = prop::bool::weighted(0.1);
    (method, path, fields, body, chunk, kind, old).prop_map(
        |(method, path, fields, body, chunk, kind, old)| {
            let (start, version) = if old { ("\r\n", 0) } else { ("", 1) };
            let mut head = format!("{start}{method} {path} HTTP/1.{version}\r\nHost: a.b:80\r\n");
            for field in fields {
                head.push_str(&field);
                head.push_str("\r\n");
            }
            let mut bytes = head.into_bytes();
            match kind {
                0 => bytes.extend_from_slice(b"\r\n"),
                1 if !old => {
                    bytes.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
                    for part in body.chunks(chunk) {
                        bytes.extend_from_slice(format!("{:x}\r\n", part.len()).as_bytes());
                        bytes.extend_from_slice(part);
                        bytes.extend_from_slice(b"\r\n");
                    }
                    bytes.extend_from_slice(b"0\r\n\r\n");
                }
                _ => {
                    let length = format!("Content-Length: {}\r\n\r\n", body.len());
                    bytes.extend_from_slice(length.as_bytes());
                    bytes.extend_from_slice(&body);
                }
            }
            bytes
        },
    )
}

/// Lets hyper answer what passes, whatever it is; time flies while nothing happens.
fn answered(bytes: &[u8]) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let (mut client, server) = tokio::io::duplex(1 << 16);
        let wire = Arc::new(ConnectionNotes::new(None));
        let stream = StrictStream::new(server, Arc::clone(&wire), patience());
        let service = hyper::service::service_fn(move |_request| {
            let mut response = http::Response::new(Body::empty());
            *response.status_mut() = http::StatusCode::NO_CONTENT;
            let close = http::HeaderValue::from_static("close");
            response.headers_mut().insert(http::header::CONNECTION, close);
            response.body_mut().leave_on(Arc::clone(&wire));
            async { Ok::<_, std::convert::Infallible>(response) }
        });
        let mut http = hyper::server::conn::http1::Builder::new();
        let io = hyper_util::rt::TokioIo::new(stream);
        tokio::spawn(http.header_read_timeout(None).serve_connection(io, service));
        client.write_all(bytes).await.unwrap();
        let mut text = String::new();
        client.read_to_string(&mut text).await.unwrap();
        text
    })
}

/// Follows as many messages as there are.
fn follow(framer: &mut Framer, bytes: &[u8]) -> (usize, Option<ProtocolFault>) {
    let mut all = 0;
    loop {
        let passed = framer.follow(&bytes[all..], true);
        all += passed.bytes;
        if passed.bytes == 0 || passed.fault.is_some() {
            return (all, passed.fault);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn clear_requests_pass_byte_for_byte_in_any_pieces(
        requests in prop::collection::vec(request(), 1..5),
        sizes in prop::collection::vec(1..200usize, 1..10),
        room in 1..500usize,
    ) {
        let bytes = requests.concat();
        let all = passed(&bytes, sizes, room);
        prop_assert_eq!(String::from_utf8_lossy(&all), String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn the_pieces_in_which_bytes_come_never_change_what_passes(
        bytes in prop::collection::vec(
            prop::sample::select(b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc".to_vec()),
            0..80,
        ),
        cut in 0..80usize,
    ) {
        let good = b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
        let bytes = [good.as_slice(), &bytes].concat();
        let whole = follow(&mut Framer::new(), &bytes);
        let mut framer = Framer::new();
        let (mut all, mut fault) = follow(&mut framer, &bytes[..cut.min(bytes.len())]);
        if fault.is_none() {
            let (more, later) = follow(&mut framer, &bytes[all..]);
            (all, fault) = (all + more, later);
        }
        prop_assert_eq!(whole, (all, fault));
    }

    #[test]
    fn hyper_never_refuses_what_passed(
        changes in prop::collection::vec((0..200usize, any::<u8>()), 0..4),
        old in any::<bool>(),
    ) {
        let version = if old { "0" } else { "1" };
        let head = format!("POST /v1/x?a=b%20c HTTP/1.{version}\r\nHost: a.b:80\r\n");
        let fields = "Accept: */*\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc";
        let mut bytes = (head + fields).into_bytes();
        for (at, byte) in changes {
            let len = bytes.len();
            bytes[at % len] = byte;
        }
        let answer = answered(&bytes);
        // Faults reach the service too: what it never sees, hyper has refused without our words.
        prop_assert!(answer.get(8..).unwrap_or_default().starts_with(" 204"), "{answer:?}");
    }

    #[test]
    fn no_bytes_whatever_make_it_fall_over(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let (passed, _) = follow(&mut Framer::new(), &bytes);
        prop_assert!(passed <= bytes.len());
    }
}
