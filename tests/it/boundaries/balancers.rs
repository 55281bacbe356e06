//! What balancers and probes send, byte for byte, at both listeners.

use crate::support::TestApp;
use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Says something and returns all that comes until the gateway closes.
async fn said(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

#[tokio::test]
async fn a_health_check_is_answered_however_little_of_a_host_it_names() {
    let app = TestApp::spawn().await;
    for address in [app.running.proxy(), app.running.admin()] {
        for path in ["/healthz", "/readyz"] {
            for check in [
                // HAProxy, as it is set up in most places, and with its default method.
                format!("GET {path} HTTP/1.0\r\n\r\n"),
                format!("OPTIONS {path} HTTP/1.0\r\n\r\n"),
                format!("HEAD {path} HTTP/1.0\r\n\r\n"),
                format!("GET {path} HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n"),
                format!("HEAD {path} HTTP/1.1\r\nHost: \r\nConnection: close\r\n\r\n"),
                // AWS and Kubernetes name the address.
                format!("GET {path} HTTP/1.1\r\nHost: 10.1.2.3:8080\r\nConnection: close\r\n\r\n"),
            ] {
                let text = said(address, &check).await;
                assert!(
                    text.get(8..).is_some_and(|rest| rest.starts_with(" 200 ")),
                    "{check:?}: {text}"
                );
                let body = text.split_once("\r\n\r\n").unwrap().1;
                assert_eq!(body.is_empty(), check.starts_with("HEAD"), "{check:?}: {text}");
            }
        }
    }
    assert!(app.entries().await.is_empty(), "nothing of it is on record");
}

#[tokio::test]
async fn a_check_without_a_host_still_hears_that_the_gateway_is_not_ready() {
    let app = TestApp::spawn().await;
    app.running.admission().drain();
    for address in [app.running.proxy(), app.running.admin()] {
        for method in ["GET", "OPTIONS", "HEAD"] {
            let text = said(address, &format!("{method} /readyz HTTP/1.0\r\n\r\n")).await;
            assert!(text[8..].starts_with(" 503 "), "{text}");
        }
    }
}

#[tokio::test]
async fn nothing_but_health_is_told_without_a_host() {
    let app = TestApp::spawn().await;
    for address in [app.running.proxy(), app.running.admin()] {
        for path in ["/metrics", "/health", "/models", "/api/v1/tokens", "/_ideogate/whoami", "/"] {
            for check in [
                format!("GET {path} HTTP/1.0\r\n\r\n"),
                format!("GET {path} HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n"),
            ] {
                let text = said(address, &check).await;
                assert!(
                    text.get(8..).is_some_and(|rest| rest.starts_with(" 400 ")),
                    "{check:?}: {text}"
                );
            }
        }
        let text = said(address, "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n").await;
        assert!(
            text.starts_with("HTTP/1.1 400 "),
            "HTTP/1.1 says that a host must be there: {text}"
        );
    }
    assert_eq!(app.arrived(), 0);
}
