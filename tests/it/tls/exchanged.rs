//! Certificates that are exchanged while they are served.

use super::{NAMES, Secured};
use crate::support::{Authority, Binary, TestApp, TestSettings, until};
use rustix::process::Signal;
use std::{
    fs, io,
    os::unix::fs::symlink,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Waits until new connections get this certificate.
async fn until_shown(secured: &Secured, der: &[u8]) {
    for _ in 0..1000 {
        if secured.shown().await == der {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the certificate is never shown");
}

#[tokio::test]
async fn a_changed_pair_is_shown_soon_without_being_asked_for() {
    let secured = Secured::spawn().await;
    let second = secured.authority.issue_between(NAMES, [2020, 2080]);
    assert_ne!(secured.shown().await, second.der);
    secured.exchange(&second);
    until_shown(&secured, &second.der).await;
    let admin = format!("https://{}/metrics", secured.app.running.admin());
    let client = super::http(secured.authority.trusted());
    for _ in 0..1000 {
        let metrics = client.get(&admin).send().await.unwrap().text().await.unwrap();
        let expiry = "ideogate_tls_certificate_expiry_seconds{listener=\"proxy\"} 3471292800\n";
        if metrics.contains(expiry) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the metric never tells of the new certificate");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_fails_while_certificates_are_exchanged() {
    let secured = Secured::spawn().await;
    let client = secured.client().await;
    let (over, mut clients) = (Arc::new(AtomicBool::new(false)), Vec::new());
    for n in 0..8 {
        // Half of them connect anew for each request, the others keep their connections.
        let config = secured.authority.trusted();
        let (client, over) = (client.clone().over(super::http(config.clone())), Arc::clone(&over));
        clients.push(tokio::spawn(async move {
            let mut count = 0;
            while !over.load(Ordering::Relaxed) {
                let client = match n % 2 {
                    0 => client.clone(),
                    _ => client.clone().over(super::http(config.clone())),
                };
                assert_eq!(client.get("/_ideogate/whoami").await.status, 200);
                count += 1;
            }
            count
        }));
    }
    for _ in 0..5 {
        let next = secured.authority.issue(NAMES);
        secured.exchange(&next);
        secured.app.running.reload().ask();
        until_shown(&secured, &next.der).await;
    }
    over.store(true, Ordering::Relaxed);
    for client in clients {
        assert!(client.await.unwrap() > 0, "no request was made");
    }
}

#[tokio::test]
async fn an_open_connection_goes_on_with_what_it_began_with() {
    let secured = Secured::spawn().await;
    let mut open = secured.connect().await;
    let second = secured.authority.issue(NAMES);
    secured.exchange(&second);
    secured.app.running.reload().ask();
    until_shown(&secured, &second.der).await;
    open.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let mut start = [0; 12];
    open.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 200");
    assert_ne!(super::certificate(&open), second.der);
}

#[tokio::test]
async fn a_half_exchanged_pair_changes_nothing_until_its_other_half_is_there() {
    let (home, authority) = super::secured_home().await;
    let gateway = home.start().await;
    let address = gateway.ready.proxy.strip_prefix("https://").unwrap().parse().unwrap();
    let shown =
        async || super::certificate(&super::connect(address, authority.trusted()).await.unwrap());
    let (first, second) = (shown().await, authority.issue(NAMES));
    let (certificate, key) = (home.path().join("tls.crt"), home.path().join("tls.key"));
    for broken in [second.chain.as_str(), "", "-----BEGIN CERTIFICATE-----\nMII"] {
        is_refused(&gateway, || fs::write(&certificate, broken)).await;
        assert_eq!(shown().await, first);
    }
    is_refused(&gateway, || fs::remove_file(&certificate)).await;
    assert_eq!(shown().await, first);
    is_refused(&gateway, || fs::write(&certificate, &second.chain)).await;
    assert_eq!(shown().await, first);
    fs::write(&key, &second.key).unwrap();
    gateway.signal(Signal::HUP);
    let is_new = async || (shown().await == second.der).then_some(());
    until("the new certificate is shown", is_new).await;
}

/// Changes files, asks for them to be read again, and waits until the log tells of another fault in them.
async fn is_refused(gateway: &Binary, change: impl FnOnce() -> io::Result<()>) {
    let refusals = || gateway.log().matches("the new certificate cannot be served").count();
    let before = refusals();
    change().unwrap();
    gateway.signal(Signal::HUP);
    until("it is refused", async || (refusals() > before).then_some(())).await;
}

#[tokio::test]
async fn a_folder_whose_link_is_moved_is_read_anew_as_kubernetes_does_it() {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    let at = |name: &str| folder.path().join(name);
    let (first, second) = (authority.issue(NAMES), authority.issue(NAMES));
    for (name, issued) in [("..one", &first), ("..two", &second)] {
        fs::create_dir(at(name)).unwrap();
        issued.write(&at(name));
    }
    symlink("..one", at("..data")).unwrap();
    symlink("..data/tls.crt", at("tls.crt")).unwrap();
    symlink("..data/tls.key", at("tls.key")).unwrap();
    let toml = super::listen(folder.path());
    let app = TestApp::with(TestSettings { toml, ..TestSettings::default() }).await;
    let secured = Secured { app, authority, folder };
    assert_eq!(secured.shown().await, first.der);
    let at = |name: &str| secured.folder.path().join(name);
    symlink("..two", at("..data_tmp")).unwrap();
    fs::rename(at("..data_tmp"), at("..data")).unwrap();
    until_shown(&secured, &second.der).await;
}
