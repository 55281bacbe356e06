use super::house::{House, answer, on_socket, over_tcp, text};
use axum::body::Body;
use http::Request;
use serde_json::json;

const CLOSED: [(&str, &str); 7] = [
    ("GET", "/api/v1/tokens"),
    ("POST", "/api/v1/tokens"),
    ("POST", "/api/v1/pause"),
    ("GET", "/api/v1/audit/tail"),
    ("GET", "/api/openapi.json"),
    ("GET", "/nothing"),
    ("GET", "//healthz"),
];

#[tokio::test]
async fn over_tcp_only_health_and_metrics_are_answered() {
    let house = House::open();
    for path in ["/healthz", "/readyz", "/metrics"] {
        let response = house.ask(over_tcp("GET", path, "localhost:8081")).await;
        assert_eq!(response.status(), 200, "{path}");
    }
    for (method, path) in CLOSED {
        let response = house.ask(over_tcp(method, path, "localhost:8081")).await;
        let (status, problem) = answer(response).await;
        assert_eq!((status, &problem["code"]), (403, &json!("operators_missing")), "{path}");
        assert!(problem["detail"].as_str().unwrap().contains("admin.sock"));
    }
    house.state.journal.flush().await.unwrap();
    let records = house.records();
    assert!(records.iter().all(|sealed| sealed.record.body.kind() == "refusal"), "{records:#?}");
    assert_eq!(records.len(), CLOSED.len(), "nothing was done, and each attempt is on record");
}

#[tokio::test]
async fn a_request_without_a_peer_is_nobodys() {
    let house = House::open();
    for (method, path) in CLOSED {
        let request = Request::builder().method(method).uri(path).header("host", "localhost");
        let response = house.ask(request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), 403, "{path}");
    }
}

#[tokio::test]
async fn another_host_is_refused_over_tcp_even_for_health() {
    let house = House::open();
    for host in
        ["evil.example", "localhost.evil.example", "gate.example.com.evil", "a@localhost", "a b"]
    {
        for path in ["/healthz", "/readyz", "/metrics", "/api/v1/tokens", "/nothing"] {
            let response = house.ask(over_tcp("GET", path, host)).await;
            let (status, problem) = answer(response).await;
            assert_eq!((status, &problem["code"]), (421, &json!("host_unknown")), "{host} {path}");
        }
    }
    for host in [
        "localhost",
        "LOCALHOST:1",
        "127.0.0.1:8081",
        "[::1]:8081",
        "gate.example.com:443",
        "10.1.2.3",
    ] {
        let response = house.ask(over_tcp("GET", "/healthz", host)).await;
        assert_eq!(response.status(), 200, "{host}");
    }
}

#[tokio::test]
async fn no_host_at_all_is_enough_for_health_and_for_nothing_else() {
    let house = House::open();
    let nameless = |method: &str, path: &str| {
        let mut request = over_tcp(method, path, "");
        let empty = house.ask(over_tcp(method, path, ""));
        request.headers_mut().remove("host");
        let none = house.ask(request);
        async { [empty.await.status().as_u16(), none.await.status().as_u16()] }
    };
    for (method, path) in [("GET", "/healthz"), ("HEAD", "/readyz"), ("OPTIONS", "/healthz")] {
        assert_eq!(nameless(method, path).await, [200; 2], "{method} {path}");
    }
    for path in ["/metrics", "/api/v1/tokens", "/nothing", "/healthz/", "/readyz/x"] {
        assert_eq!(nameless("GET", path).await, [421; 2], "{path}");
    }
    let mut twice = over_tcp("GET", "/healthz", "");
    twice.headers_mut().append("host", "evil.example".parse().unwrap());
    assert_eq!(house.ask(twice).await.status(), 421);
    let elsewhere = over_tcp("GET", "http://evil.example/healthz", "");
    assert_eq!(house.ask(elsewhere).await.status(), 421);
}

#[tokio::test]
async fn two_hosts_or_a_foreign_target_are_refused() {
    let house = House::open();
    let mut request = over_tcp("GET", "/healthz", "localhost");
    request.headers_mut().append("host", "localhost".parse().unwrap());
    assert_eq!(house.ask(request).await.status(), 421);
    let request = over_tcp("GET", "http://evil.example/healthz", "localhost");
    assert_eq!(house.ask(request).await.status(), 421);
}

#[tokio::test]
async fn the_socket_has_no_host() {
    let house = House::open();
    let (status, _) = house.get("/api/v1/tokens").await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn no_other_origin_is_ever_let_in() {
    let house = House::open();
    let mut request = on_socket("OPTIONS", "/api/v1/tokens", None);
    request.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
    let response = house.ask(request).await;
    assert!(!response.headers().keys().any(|name| name.as_str().starts_with("access-control")));
}

#[tokio::test]
async fn a_body_must_be_json_and_small_and_known() {
    let house = House::open();
    let post = |kind: &'static str, body: String| {
        let mut request = on_socket("POST", "/api/v1/tokens", None);
        request.headers_mut().insert("content-type", kind.parse().unwrap());
        *request.body_mut() = Body::from(body);
        house.ask(request)
    };
    assert_eq!(post("text/plain", "{}".into()).await.status(), 415);
    assert_eq!(post("application/x-www-form-urlencoded", "a=b".into()).await.status(), 415);
    assert_eq!(post("application/json", "{".into()).await.status(), 400);
    assert_eq!(post("application/json", r#"{"scope":[]}"#.into()).await.status(), 400);
    assert_eq!(post("application/json", " ".repeat(65 * 1024)).await.status(), 413);
    assert_eq!(post("application/json; charset=utf-8", "{}".into()).await.status(), 422);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems() {
    let house = House::open();
    let (status, problem) = house.get("/api/v1/nothing").await;
    assert_eq!((status, &problem["code"]), (404, &json!("path_unknown")));
    let (status, problem) = house.post("/api/v1/queue", None).await;
    assert_eq!((status, &problem["code"]), (405, &json!("method_not_allowed")));
}

#[tokio::test]
async fn readiness_says_what_is_missing() {
    let house = House::open();
    house.state.admission.drain();
    let (status, view) = house.get("/readyz").await;
    assert_eq!(status, 503);
    let stops = "the gateway is shutting down";
    assert_eq!(view, json!({"status": "unready", "obstacles": [stops]}));
    house.store.close().await;
    let (status, view) = house.get("/readyz").await;
    assert_eq!(status, 503);
    let unrecorded = "the audit cannot be written: the journal is closed";
    assert_eq!(view, json!({"status": "unready", "obstacles": [unrecorded, stops]}));
    assert_eq!(house.get("/healthz").await, (200, json!({"status": "ok"})));
}

#[tokio::test]
async fn metrics_come_in_the_format_that_is_asked_for() {
    let house = House::open();
    let ask = async |accept: &[&str]| {
        let mut request = over_tcp("GET", "/metrics", "localhost");
        for one in accept {
            request.headers_mut().append("accept", one.parse().unwrap());
        }
        let response = house.ask(request).await;
        assert_eq!(response.headers()["vary"], "accept");
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        (kind, text(response).await)
    };
    let open = "application/openmetrics-text";
    for accept in
        [&[][..], &["*/*"], &["text/plain"], &["application/openmetrics-text;q=0.1", "*/*"]]
    {
        let (kind, text) = ask(accept).await;
        assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8", "{accept:?}");
        assert!(text.contains("# TYPE ideogate_refusals_total counter\n"), "{text}");
        assert!(!text.contains("# EOF"));
    }
    for accept in [&[open][..], &["text/plain;q=0.5", open]] {
        let (kind, text) = ask(accept).await;
        assert_eq!(kind, format!("{open}; version=1.0.0; charset=utf-8"), "{accept:?}");
        assert!(text.contains("# TYPE ideogate_refusals counter\n"), "{text}");
        assert!(text.ends_with("# EOF\n"));
    }
}
