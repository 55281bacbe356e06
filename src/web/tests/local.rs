//! The socket for local users.

use crate::{
    tasks::Tasks,
    telemetry::Metrics,
    web::{
        Body, ListenerState, RequestInfo, Serving, serve,
        tests::house::{limits, router},
    },
};
use axum::extract::Request;
use http::Response;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
};

#[tokio::test]
async fn a_local_client_is_known_by_its_user() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("admin.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let face = router(async |info: RequestInfo, _: Request| {
        Response::new(Body::full(format!("{:?} {}", info.peer, info.client)))
    });
    let door = ListenerState::new("admin", limits(), Metrics::new());
    let serving = Serving::draining_first(Tasks::default());
    tokio::spawn(serve(listener, face, door, serving));
    let mut client = UnixStream::connect(&path).await.unwrap();
    client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut text = String::new();
    client.read_to_string(&mut text).await.unwrap();
    let user = rustix::process::getuid().as_raw();
    assert!(text.ends_with(&format!("\r\n\r\nLocalUser({user}) 127.0.0.1")), "{text}");
}
