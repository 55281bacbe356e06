//! Requests that can be read in two ways never get in.

use super::house::House;

/// Bytes, the status, the code.
const REFUSED: &[(&str, u16, &str)] = &[
    // Two ways to tell the length.
    (
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n",
        400,
        "ambiguous_request",
    ),
    (
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        400,
        "ambiguous_request",
    ),
    (
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        400,
        "ambiguous_request",
    ),
    (
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        400,
        "ambiguous_request",
    ),
    (
        "POST / HTTP/1.1\r\nHost: a\r\ncontent-length: 0\r\nCONTENT-LENGTH: 0\r\n\r\n",
        400,
        "ambiguous_request",
    ),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc", 400, "malformed_request"),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc", 400, "malformed_request"),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\nabc", 400, "malformed_request"),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400, "malformed_request"),
    (
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551615\r\n\r\n",
        400,
        "malformed_request",
    ),
    (
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        400,
        "malformed_request",
    ),
    // Encodings.
    (
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        400,
        "malformed_request",
    ),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", 400, "malformed_request"),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 400, "malformed_request"),
    (
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
        "malformed_request",
    ),
    (
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
        400,
        "malformed_request",
    ),
    (
        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
        "malformed_request",
    ),
    // Hosts.
    ("GET / HTTP/1.1\r\n\r\n", 400, "malformed_request"),
    ("GET / HTTP/1.0\r\n\r\n", 400, "malformed_request"),
    ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, "ambiguous_request"),
    ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "ambiguous_request"),
    ("GET / HTTP/1.1\r\nHost:\r\n\r\n", 400, "malformed_request"),
    ("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400, "malformed_request"),
    ("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400, "malformed_request"),
    // Lines.
    ("GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400, "ambiguous_request"),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n\tb\r\n\r\n", 400, "ambiguous_request"),
    ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400, "ambiguous_request"),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: a\rY: b\r\n\r\n", 400, "malformed_request"),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: a\nY: b\r\n\r\n", 400, "malformed_request"),
    ("GET / HTTP/1.1\nHost: a\n\n", 400, "malformed_request"),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 400, "malformed_request"),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: a\x7fb\r\n\r\n", 400, "malformed_request"),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\nabc", 400, "malformed_request"),
    ("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", 400, "malformed_request"),
    ("GET / HTTP/1.1\r\nHost: a\r\n: no name\r\n\r\n", 400, "malformed_request"),
    ("GET / HTTP/1.1\r\nHost: a\r\nX\u{e9}: b\r\n\r\n", 400, "malformed_request"),
    // Request lines.
    ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_request"),
    ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400, "malformed_request"),
    ("GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_request"),
    (" GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_request"),
    ("GET /\r\nHost: a\r\n\r\n", 400, "malformed_request"),
    ("GET / HTTP/1.2\r\nHost: a\r\n\r\n", 400, "malformed_request"),
    ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 400, "malformed_request"),
    ("GET / http/1.1\r\nHost: a\r\n\r\n", 400, "malformed_request"),
    ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "malformed_request"),
    ("G@T / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_request"),
    ("\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_request"),
    ("\x16\x03\x01\x02\0\x01\0\x01\u{fc}\x03\x03\n\n", 400, "malformed_request"),
    // Targets.
    ("GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, "ambiguous_request"),
    ("GET http://a:81/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, "ambiguous_request"),
    ("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_request"),
    ("GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_request"),
    ("GET http://a@b/ HTTP/1.1\r\nHost: b\r\n\r\n", 400, "malformed_request"),
    ("GET x HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_request"),
    ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_request"),
    ("GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_request"),
    ("GET /\\x HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_request"),
    ("GET /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_request"),
    // Other protocols and wishes.
    ("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 405, "method_not_allowed"),
    (
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        400,
        "malformed_request",
    ),
    ("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c, websocket\r\n\r\n", 400, "malformed_request"),
    (
        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nContent-Length: 0\r\n\r\n",
        417,
        "expectation_failed",
    ),
];

#[tokio::test]
async fn a_request_that_can_be_read_in_two_ways_is_refused_and_the_connection_closed() {
    let house = House::open().await;
    for (bytes, status, code) in REFUSED {
        let text = house.say(bytes.as_bytes()).await;
        let (head, json) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{bytes:?}"));
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{bytes:?}: {head}");
        assert!(head.contains("\r\nconnection: close"), "{bytes:?}: {head}");
        assert!(head.contains("\r\nideogate-error-source: gateway"), "{bytes:?}: {head}");
        let json: serde_json::Value =
            serde_json::from_str(json).unwrap_or_else(|_| panic!("{text}"));
        assert_eq!(json["code"], *code, "{bytes:?}");
        let id = format!("\r\nideogate-request-id: {}", json["request_id"].as_str().unwrap());
        assert!(head.contains(&id), "{bytes:?}: {head}");
    }
    assert_eq!(house.requests(), [""; 0], "something got in");
}

#[tokio::test]
async fn a_bad_head_behind_a_good_request_is_refused_after_its_answer() {
    let house = House::open().await;
    let good = "POST /good HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
    let bad = "POST /bad HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx";
    let text = house.say(format!("{good}{bad}{good}").as_bytes()).await;
    let statuses: Vec<_> =
        text.match_indices("HTTP/1.1 ").map(|(at, _)| &text[at + 9..at + 12]).collect();
    assert_eq!(statuses, ["200", "400"], "{text}");
    assert_eq!(house.requests(), ["POST /good"]);
}

#[tokio::test]
async fn a_chunked_body_that_breaks_the_rules_is_refused() {
    let house = House::open().await;
    for body in
        ["3\r\nabcd\r\n0\r\n\r\n", "3\nabc\r\n0\r\n\r\n", "3 ;x\r\nabc\r\n0\r\n\r\n", "zz\r\n"]
    {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        let text = house.say(format!("{head}{body}").as_bytes()).await;
        assert!(text.starts_with("HTTP/1.1 400 "), "{body:?}: {text}");
        assert!(text.contains(r#""code":"malformed_request""#), "{body:?}: {text}");
    }
    assert_eq!(house.requests(), [""; 0], "something got in");
}

#[tokio::test]
async fn what_is_unusual_but_clear_gets_in() {
    let house = House::open().await;
    let clear = [
        "GET /1 HTTP/1.0\r\nHost: a\r\n\r\n",
        "\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET http://A:80/3 HTTP/1.1\r\nHost: a:80\r\nConnection: close\r\n\r\n",
        "GET /4 HTTP/1.1\r\nhOsT:\ta \r\nX:\r\nX: \u{e9}\r\nConnection: close\r\n\r\n",
        "POST /5 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\nConnection: close\r\n\r\n2;x=\"y\"\r\nab\r\n00\r\nT: v\r\n\r\n",
        "BREW /6?a=[b]&c={d}|e HTTP/1.1\r\nHost: [::1]:80\r\nConnection: close\r\n\r\n",
    ];
    for bytes in clear {
        let text = house.say(bytes.as_bytes()).await;
        assert!(text[8..].starts_with(" 200 OK"), "{bytes:?}: {text}");
    }
    let paths: String = house.requests().iter().filter_map(|r| r.chars().last()).collect();
    assert_eq!(paths, "123456");
}

/// Balancers name no host where they only ask how the gateway is: nothing else is let in like that.
#[tokio::test]
async fn a_health_check_without_a_host_gets_in_and_nothing_else_does() {
    let house = House::open().await;
    for method in ["GET", "HEAD", "OPTIONS"] {
        for path in ["/healthz", "/readyz", "/healthz?a=b"] {
            for rest in
                ["0\r\n\r\n", "0\r\nHost:\r\n\r\n", "1\r\nHost: \r\nConnection: close\r\n\r\n"]
            {
                let bytes = format!("{method} {path} HTTP/1.{rest}");
                let text = house.say(bytes.as_bytes()).await;
                assert!(text[8..].starts_with(" 200 OK"), "{bytes:?}: {text}");
            }
        }
    }
    let let_in = house.requests().len();
    assert_eq!(let_in, 27);
    for bytes in [
        "GET /healthz HTTP/1.1\r\n\r\n",
        "POST /healthz HTTP/1.0\r\n\r\n",
        "get /healthz HTTP/1.0\r\n\r\n",
        "GET /healthz/ HTTP/1.0\r\n\r\n",
        "GET /%68ealthz HTTP/1.0\r\n\r\n",
        "GET /health HTTP/1.0\r\n\r\n",
        "GET /metrics HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET /healthz HTTP/1.0\r\nHost:\r\nHost:\r\n\r\n",
        "GET /healthz HTTP/1.0\r\nHost: a b\r\n\r\n",
        "GET http://a/healthz HTTP/1.0\r\n\r\n",
        "GET http://a/healthz HTTP/1.0\r\nHost:\r\n\r\n",
        "GET /v1/models HTTP/1.1\r\nHost:\r\n\r\n",
    ] {
        let text = house.say(bytes.as_bytes()).await;
        assert!(text.starts_with("HTTP/1.1 400 "), "{bytes:?}: {text}");
    }
    assert_eq!(house.requests().len(), let_in, "something got in");
}

/// Negative control: hyper alone lets the first two of the table in.
#[tokio::test]
async fn without_the_strict_stream_hyper_would_let_smuggled_lengths_in() {
    use hyper::{server::conn::http1, service::service_fn};
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    for (bytes, _, _) in &REFUSED[..3] {
        let (mut client, server) = duplex(1 << 16);
        let service = service_fn(|_request| async {
            Ok::<_, std::convert::Infallible>(http::Response::new(crate::web::Body::full("in")))
        });
        let io = hyper_util::rt::TokioIo::new(server);
        tokio::spawn(http1::Builder::new().header_read_timeout(None).serve_connection(io, service));
        client.write_all(bytes.as_bytes()).await.unwrap();
        let mut start = [0; 15];
        client.read_exact(&mut start).await.unwrap();
        assert_eq!(str::from_utf8(&start), Ok("HTTP/1.1 200 OK"), "{bytes:?}");
    }
}
