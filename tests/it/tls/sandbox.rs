//! A careful client in the sandbox: https only, and pictures only from the host `ideogram.ai`.

use super::{GENERATE, http, listen};
use crate::support::{Authority, TestApp, TestSettings};
use rustls::pki_types::ServerName;
use serde_json::json;
use std::sync::Arc;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

#[tokio::test]
async fn links_follow_the_public_url_so_that_a_careful_client_takes_them() {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    authority.issue(&["localhost", "127.0.0.1", "ideogram.ai"]).write(folder.path());
    let toml = format!("{}listen.public_url = \"https://ideogram.ai\"\n", listen(folder.path()));
    let app = TestApp::with(TestSettings { toml, ..TestSettings::default() }).await;
    let proxy = app.running.proxy();
    let client = app.client_with("sandbox", &["write:generate"]).await;
    let client = client.at(format!("https://{proxy}")).over(http(authority.trusted()));
    let wish = json!({"prompt": "a heron", "rendering_speed": "FLASH", "resolution": "1280x800"});
    let made = client.post(GENERATE, &wish).await.json();
    let link: http::Uri = made["data"][0]["url"].as_str().unwrap().parse().unwrap();
    assert_eq!(
        (link.scheme_str(), link.authority().unwrap().as_str()),
        (Some("https"), "ideogram.ai")
    );

    // The name leads here, as a hosts file would have it.
    let stream = TcpStream::connect(proxy).await.unwrap();
    let name = ServerName::try_from("ideogram.ai").unwrap();
    let mut stream =
        TlsConnector::from(Arc::new(authority.trusted())).connect(name, stream).await.unwrap();
    let path = link.path_and_query().unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: ideogram.ai\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&answer[..80]));
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let picture = &answer[head..];
    assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"));
    assert_eq!(&picture[16..24], b"\0\0\x05\0\0\0\x03\x20", "1280 by 800, as the answer states");
}
