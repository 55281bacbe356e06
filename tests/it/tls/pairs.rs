//! Pairs that cannot be served keep the gateway from starting; pairs that are doubtful do not.

use super::{NAMES, secured_home};
use crate::support::{Authority, Home, assert_plain, until};
use std::{fs, os::unix::fs::PermissionsExt};

/// Asserts that nothing starts, and returns what is said about it.
async fn refused(home: &Home) -> String {
    let mut said = Vec::new();
    for command in ["check", "serve"] {
        let typed = if command == "check" { &["config", "check"][..] } else { &["serve"] };
        let told = home.run(typed).await;
        assert_eq!((told.code, told.out.as_str()), (64, ""), "{told:?}");
        said.push(told.err);
    }
    assert_eq!(said[0], said[1]);
    assert!(!home.data().exists(), "a gateway that cannot serve touched its folder");
    let doctor = home.run(&["doctor"]).await;
    assert_eq!(doctor.code, 2, "{doctor:?}");
    assert!(doctor.out.contains("BROKEN    tls"), "{doctor:?}");
    said.swap_remove(0).replace(&format!("{}/", home.path().display()), "")
}

#[tokio::test]
async fn a_pair_that_cannot_be_served_is_told_with_the_settings_and_the_file() {
    let (home, authority) = secured_home().await;
    let other = authority.issue(NAMES);
    fs::write(home.path().join("tls.key"), &other.key).unwrap();
    let told = refused(&home).await;
    assert_eq!(
        told,
        "error: listen.tls_cert and listen.tls_key cannot be served: the key in tls.key does not fit \
         the certificate in tls.crt\n"
    );
    for (file, text, words) in [
        (
            "tls.crt",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "certificate 1 of tls.crt cannot be understood: it is damaged",
        ),
        (
            "tls.crt",
            "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n",
            "what is inside is not base64",
        ),
        ("tls.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n", "a section has no end"),
        (
            "tls.key",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            "it must be RSA, ECDSA",
        ),
    ] {
        other.write(home.path());
        fs::write(home.path().join(file), text).unwrap();
        let told = refused(&home).await;
        assert!(told.contains(words) && told.contains(file), "{told}");
        assert_plain(&told);
    }
    other.write(home.path());
    fs::remove_file(home.path().join("tls.key")).unwrap();
    let told = refused(&home).await;
    assert!(told.contains("tls.key cannot be read: No such file"), "{told}");
    home.change("[listen]\nadmin_tls_cert = \"none.crt\"\nadmin_tls_key = \"none.key\"\n");
    other.write(home.path());
    let told = refused(&home).await;
    assert!(told.contains("listen.admin_tls_cert and listen.admin_tls_key"), "{told}");
}

#[tokio::test]
async fn a_key_that_only_root_may_read_is_told_as_unreadable() {
    let (home, _) = secured_home().await;
    let key = home.path().join("tls.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o000)).unwrap();
    if rustix::process::geteuid().is_root() {
        // Root may read everything; a folder in the file's place is unreadable for everyone.
        fs::remove_file(&key).unwrap();
        fs::create_dir(&key).unwrap();
    }
    let told = refused(&home).await;
    assert!(told.contains("tls.key cannot be read: "), "{told}");
}

#[tokio::test]
async fn a_doubtful_pair_is_served_and_told_of() {
    let (home, _) = secured_home().await;
    Authority::new().issue_between(&[], [2020, 2021]).write(home.path());
    let key = home.path().join("tls.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let doubts =
        ["the certificate expired at 2021-01-01", "names no host", "(mode 644): chmod 600"];
    let checked = home.run(&["config", "check"]).await.good();
    let doctor = home.run(&["doctor"]).await;
    assert_eq!(doctor.code, 2, "{doctor:?}");
    let gateway = home.start().await;
    for doubt in doubts {
        assert!(checked.err.contains(doubt), "{checked:?}");
        assert!(doctor.out.contains(doubt), "{doctor:?}");
        until(doubt, async || gateway.log().contains(doubt).then_some(())).await;
    }
    gateway.stop().await;
}

#[tokio::test]
async fn an_exchange_is_logged_once_and_what_is_refused_too() {
    let (home, authority) = secured_home().await;
    let gateway = home.start().await;
    let second = authority.issue(NAMES);
    fs::write(home.path().join("tls.crt"), &second.chain).unwrap();
    let refusal = "the new certificate cannot be served; the one before goes on";
    let count = |words: &str| gateway.log().matches(words).count();
    let both = |count: usize| (count == 2).then_some(());
    until("each listener refuses it", async || both(count(refusal))).await;
    gateway.signal(rustix::process::Signal::HUP);
    until("it is read again", async || gateway.log().contains("SIGHUP").then_some(())).await;
    // At once, for the first look may still go on: half a key would be refused once more.
    fs::write(home.path().join("tls.key.new"), &second.key).unwrap();
    fs::rename(home.path().join("tls.key.new"), home.path().join("tls.key")).unwrap();
    gateway.signal(rustix::process::Signal::HUP);
    let done = "the certificate was exchanged; new connections get it";
    until("each listener exchanges it", async || both(count(done))).await;
    assert_eq!(count(refusal), 2, "{}", gateway.log());
    assert!(!gateway.log().contains("BEGIN"), "{}", gateway.log());
}
