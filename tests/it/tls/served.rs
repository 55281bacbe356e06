//! What is served, and to whom.

use super::{GENERATE, Secured, connect, rest};
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs::default_provider, version};
use serde_json::json;
use std::sync::Arc;
use tokio::{io::AsyncWriteExt, net::TcpStream};

#[tokio::test]
async fn a_call_goes_through_over_either_version_and_its_pictures_too() {
    let secured = Secured::spawn().await;
    for version in [&version::TLS12, &version::TLS13] {
        let config = only(&secured, version);
        let client = secured.client_as(config).await;
        let reply = client.post(GENERATE, &json!({"prompt": "a lighthouse"})).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    assert_eq!(secured.app.arrived(), 2);
    let url = secured.app.running.public_url();
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");
    let sandbox = secured.app.client_with("sandbox", &["read:*", "write:*"]).await;
    let sandbox = sandbox.at(url.to_owned()).over(super::http(secured.authority.trusted()));
    let reply = sandbox.post(GENERATE, &json!({"prompt": "a picture"})).await;
    let link = reply.json()["data"][0]["url"].as_str().unwrap().to_owned();
    let path = link.strip_prefix(url).unwrap_or_else(|| panic!("{link}"));
    assert_eq!(sandbox.send(sandbox.bare("GET", path)).await.status, 200);
}

fn only(secured: &Secured, version: &'static rustls::SupportedProtocolVersion) -> ClientConfig {
    let pem = secured.authority.pem();
    let mut roots = RootCertStore::empty();
    let root = rustls::pki_types::pem::PemObject::from_pem_slice(pem.as_bytes()).unwrap();
    roots.add(root).unwrap();
    ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

#[tokio::test]
async fn both_listeners_speak_tls_and_the_socket_does_not() {
    let secured = Secured::spawn().await;
    let running = &secured.app.running;
    let line = running.ready_line();
    assert!(line.contains(&format!("proxy=https://{}", running.proxy())), "{line}");
    assert!(line.contains(&format!("admin=https://{}", running.admin())), "{line}");
    let client = super::http(secured.authority.trusted());
    let metrics = client.get(format!("https://{}/metrics", running.admin())).send().await.unwrap();
    let metrics = metrics.text().await.unwrap();
    for listener in ["proxy", "admin"] {
        let series = format!(
            "ideogate_tls_certificate_expiry_seconds{{listener=\"{listener}\"}} 3786912000"
        );
        assert!(metrics.contains(&series), "{metrics}");
    }
    assert_eq!(secured.app.operator("GET", "/healthz").await, 200);
}

#[tokio::test]
async fn plain_http_is_answered_with_what_to_do_and_reaches_nobody() {
    let secured = Secured::spawn().await;
    let client = secured.client().await;
    let running = &secured.app.running;
    for address in [running.proxy(), running.admin()] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!(
            "GET /_ideogate/whoami HTTP/1.1\r\nHost: {address}\r\nApi-Key: {}\r\n\r\n",
            client.token
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let answer = rest(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
        assert!(answer.contains("this port speaks TLS: use https://"), "{answer}");
        assert!(!answer.contains("token_id"), "{answer}");
    }
    assert_eq!(secured.app.entries().await.len(), 0, "nobody was asked");
    assert_eq!(client.get("/_ideogate/whoami").await.status, 200);
}

#[tokio::test]
async fn the_admin_listener_may_show_another_certificate() {
    let (authority, folder) = (crate::support::Authority::new(), tempfile::tempdir().unwrap());
    let issued = authority.issue(&["localhost"]);
    issued.write(folder.path());
    let of_admin = format!(
        "listen.admin_tls_cert = \"{0}/tls.crt\"\nlisten.admin_tls_key = \"{0}/tls.key\"\n",
        folder.path().display()
    );
    let secured = Secured::with(&of_admin).await;
    let admin = secured.app.running.admin();
    let stream = connect(admin, authority.trusted()).await.unwrap();
    assert_eq!(super::certificate(&stream), issued.der);
    assert_ne!(secured.shown().await, issued.der);
    assert!(connect(admin, secured.authority.trusted()).await.is_err());
}

#[tokio::test]
async fn a_ticket_of_one_listener_is_worth_nothing_at_the_other() {
    let secured = Secured::spawn().await;
    let config = secured.authority.trusted();
    let (proxy, admin) = (secured.app.running.proxy(), secured.app.running.admin());
    let mut kinds = Vec::new();
    for address in [proxy, proxy, admin] {
        let mut stream = connect(address, config.clone()).await.unwrap();
        let get = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(get).await.unwrap();
        rest(&mut stream).await;
        kinds.push(stream.get_ref().1.handshake_kind().unwrap());
    }
    let (full, resumed) = (rustls::HandshakeKind::Full, rustls::HandshakeKind::Resumed);
    assert_eq!(kinds, [full, resumed, full]);
}

#[tokio::test]
async fn a_slow_handshake_is_cut_off_and_others_are_served_meanwhile() {
    let secured = Secured::with("door.header_timeout = \"1s\"\ndoor.max_connections = 3\n").await;
    let client = secured.client().await;
    let mut slow = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(secured.app.running.proxy()).await.unwrap();
        stream.write_all(b"\x16\x03\x01\x02\x00\x01").await.unwrap();
        slow.push(stream);
    }
    assert_eq!(client.get("/_ideogate/whoami").await.status, 200);
    for stream in &mut slow {
        assert_eq!(rest(stream).await, "");
    }
    // The places of those cut off are free again.
    let _three = [secured.connect().await, secured.connect().await];
    assert_eq!(client.get("/_ideogate/whoami").await.status, 200);
}
