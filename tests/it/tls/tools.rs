//! What everybody has at hand: `openssl s_client` and `curl`, run as people run them. A tool that is
//! missing fails the test; `scripts/test` installs both.

use super::{GENERATE, secured_home};
use crate::support::{Binary, Home};
use std::process::Stdio;
use tokio::process::Command;

struct Said {
    is_good: bool,
    text: String,
}

async fn run(home: &Home, program: &str, arguments: &[&str]) -> Said {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(home.path()).stdin(Stdio::null()).kill_on_drop(true);
    let output = command.output().await;
    let output = output.unwrap_or_else(|error| panic!("{program} is needed: {error}"));
    let text = [output.stdout, output.stderr].concat();
    Said { is_good: output.status.success(), text: String::from_utf8_lossy(&text).into_owned() }
}

/// Shakes hands and says no more.
async fn s_client(home: &Home, gateway: &Binary, more: &[&str]) -> Said {
    let address = gateway.ready.proxy.trim_start_matches("https://");
    let arguments = ["s_client", "-connect", address, "-servername", "localhost"];
    let checks = ["-CAfile", "ca.crt", "-verify_return_error"];
    run(home, "openssl", &[&arguments[..], &checks, more].concat()).await
}

#[tokio::test]
async fn openssl_gets_in_with_tls_1_2_and_1_3_and_with_nothing_older() {
    let (home, _) = secured_home().await;
    let gateway = home.start().await;
    for (option, version) in [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")] {
        let said = s_client(&home, &gateway, &[option]).await;
        assert!(said.is_good, "{}", said.text);
        assert!(said.text.contains("Verify return code: 0 (ok)"), "{}", said.text);
        assert!(said.text.contains(version), "{}", said.text);
    }
    // Without a lower level of security the tool itself would refuse to offer it.
    for option in ["-tls1_1", "-tls1"] {
        let lax = [option, "-cipher", "ALL:@SECLEVEL=0"];
        let said = s_client(&home, &gateway, &lax).await;
        assert!(!said.is_good, "{}", said.text);
        let alerts = ["alert handshake failure", "alert protocol version"];
        assert!(alerts.iter().any(|alert| said.text.contains(alert)), "{}", said.text);
    }
}

#[tokio::test]
async fn openssl_gets_http_1_1_and_no_other_protocol() {
    let (home, _) = secured_home().await;
    let gateway = home.start().await;
    let said = s_client(&home, &gateway, &["-alpn", "h2,http/1.1"]).await;
    assert!(said.is_good && said.text.contains("ALPN protocol: http/1.1"), "{}", said.text);
    let said = s_client(&home, &gateway, &["-alpn", "h2"]).await;
    assert!(!said.is_good && said.text.contains("no application protocol"), "{}", said.text);
}

#[tokio::test]
async fn openssl_gets_no_weak_cipher_and_cannot_renegotiate() {
    let (home, _) = secured_home().await;
    let gateway = home.start().await;
    for cipher in ["AES128-SHA", "ECDHE-ECDSA-AES128-SHA", "DES-CBC3-SHA", "NULL", "aNULL"] {
        let lax = ["-tls1_2", "-cipher", &format!("{cipher}:@SECLEVEL=0")];
        let said = s_client(&home, &gateway, &lax).await;
        assert!(!said.is_good, "{cipher}: {}", said.text);
    }
    let said = s_client(&home, &gateway, &["-tls1_2"]).await;
    assert!(said.text.contains("Secure Renegotiation IS supported"), "{}", said.text);
    assert!(said.text.contains("Compression: NONE"), "{}", said.text);
}

#[tokio::test]
async fn curl_makes_a_call_with_the_authority_and_none_without() {
    let (home, _) = secured_home().await;
    let gateway = home.start().await;
    let (_, token) = home.token().await;
    let url = format!("{}{GENERATE}", gateway.ready.proxy);
    let header = format!("Api-Key: {token}");
    let call = ["-sS", "--fail-with-body", &url, "-H", &header, "-F", "prompt=a lighthouse"];
    let said = run(&home, "curl", &call).await;
    assert!(!said.is_good && said.text.contains("certificate"), "{}", said.text);
    assert_eq!(home.ideogram.seen().calls.len(), 0);
    let said = run(&home, "curl", &[&call[..], &["--cacert", "ca.crt"]].concat()).await;
    assert!(said.is_good && said.text.contains("\"url\""), "{}", said.text);
    // Most builds offer HTTP/2 by themselves, and then take what is served.
    let version = ["-o", "/dev/null", "-w", "%{http_version}", "--http2"];
    let said = run(&home, "curl", &[&call[..], &["--cacert", "ca.crt"], &version].concat()).await;
    assert!(said.is_good && said.text == "1.1", "{}", said.text);
    assert_eq!(home.ideogram.seen().calls.len(), 2);
}

#[tokio::test]
async fn curl_that_forgot_the_s_is_told_so() {
    let (home, _) = secured_home().await;
    let gateway = home.start().await;
    let url = gateway.ready.proxy.replace("https://", "http://");
    let said = run(&home, "curl", &["-sS", "-i", &url]).await;
    assert!(said.is_good && said.text.starts_with("HTTP/1.1 400 Bad Request"), "{}", said.text);
    assert!(said.text.contains("this port speaks TLS: use https://"), "{}", said.text);
}
