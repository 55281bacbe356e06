//! The command line against a gateway that speaks TLS.

use super::{NAMES, secured_home};
use crate::support::{Authority, assert_plain};

#[tokio::test]
async fn an_authority_of_ones_own_is_given_and_others_are_not_trusted() {
    let (mut home, authority) = secured_home().await;
    let gateway = home.start().await;
    let admin = gateway.ready.admin.clone();
    assert!(admin.starts_with("https://"), "{admin}");
    let ready = ["healthcheck", "--ready", "--admin", &admin];
    let told = home.run(&ready).await;
    assert_eq!(told.code, 69, "{told:?}");
    let words = "is not trusted (no authority known here has signed it)";
    assert!(told.err.contains(words), "{told:?}");
    assert_plain(&told.err);
    assert!(told.err.contains("--admin-ca FILE or IDEOGATE_ADMIN_CA"), "{told:?}");
    let told = home.run(&["token", "list", "--admin", &admin]).await;
    assert_eq!(told.code, 69, "{told:?}");
    let given = home.run(&[&ready[..], &["--admin-ca", "ca.crt"]].concat()).await.good();
    assert_eq!(given.out, "ok\n");
    std::fs::write(home.path().join("other.crt"), Authority::new().pem()).unwrap();
    let told = home.run(&[&ready[..], &["--admin-ca", "other.crt"]].concat()).await;
    assert_eq!(told.code, 69, "{told:?}");
    let typed = ["token", "list", "--admin", &admin, "--admin-ca"];
    for nothing in ["none.crt", "tls.key"] {
        let told = home.run(&[&typed[..], &[nothing]].concat()).await;
        assert_eq!(told.code, 64, "{told:?}");
        assert!(told.err.contains(nothing), "{told:?}");
        assert_plain(&told.err);
    }
    home.give("IDEOGATE_ADMIN_CA", "ca.crt");
    home.run(&ready).await.good();
    // By another name than the certificate's it is somebody else.
    authority.issue(&["other.example.com"]).write(home.path());
    gateway.stop().await;
    let gateway = home.start().await;
    let told = home.run(&["healthcheck", "--admin", &gateway.ready.admin]).await;
    assert!(told.code == 69 && told.err.contains("is not trusted ("), "{told:?}");
}

#[tokio::test]
async fn a_certificate_that_vouches_for_itself_is_given_as_its_own_authority() {
    let (home, _) = secured_home().await;
    let cases = [
        (NAMES, [2020, 2090], 0),
        (&["other.example.com"], [2020, 2090], 69),
        (NAMES, [2020, 2021], 69),
    ];
    for (names, years, code) in cases {
        Authority::of_itself(names, years).write(home.path());
        let gateway = home.start().await;
        let ask = ["healthcheck", "--admin", &gateway.ready.admin];
        let told = home.run(&ask).await;
        assert_eq!(told.code, 69, "nobody vouches for it");
        assert!(told.err.contains("is not trusted (it "), "{told:?}");
        assert_plain(&told.err);
        let told = home.run(&[&ask[..], &["--admin-ca", "tls.crt"]].concat()).await;
        assert_eq!(told.code, code, "{told:?}");
        // Another one is not it, whoever it says it is.
        let twin = Authority::of_itself(names, years).chain;
        std::fs::write(home.path().join("twin.crt"), twin).unwrap();
        let told = home.run(&[&ask[..], &["--admin-ca", "twin.crt"]].concat()).await;
        assert_eq!(told.code, 69, "{told:?}");
        gateway.stop().await;
    }
}

#[tokio::test]
async fn plain_http_to_a_port_of_tls_is_told_to_the_operator() {
    let (home, _) = secured_home().await;
    let gateway = home.start().await;
    let plain = gateway.ready.admin.replace("https://", "http://");
    let told = home.run(&["token", "list", "--admin", &plain]).await;
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.err.contains("this port speaks TLS: use https://"), "{told:?}");
}

#[tokio::test]
async fn the_health_check_asks_the_port_of_apps_whatever_its_certificate_says() {
    let (home, authority) = secured_home().await;
    authority.issue_between(&["images.example.com"], [2020, 2021]).write(home.path());
    let port = free_port();
    home.change(&format!("[listen]\nproxy = \"127.0.0.1:{port}\"\n"));
    let gateway = home.start().await;
    home.run(&["healthcheck"]).await.good();
    home.run(&["healthcheck", "--ready"]).await.good();
    let (_, token) = home.token().await;
    std::fs::write(home.path().join("token"), &token).unwrap();
    // The token goes to none but the gateway that has the certificate of the settings.
    let who = home.run(&["whoami", "--token-file", "token"]).await.good();
    assert!(who.out.contains("environment"), "{who:?}");
    let other = tempfile::tempdir().unwrap();
    authority.issue(NAMES).write(other.path());
    home.change(&super::listen(other.path()));
    let told = home.run(&["whoami", "--token-file", "token"]).await;
    assert_eq!(told.code, 69, "{told:?}");
    assert!(told.err.contains("is not trusted ("), "{told:?}");
    home.run(&["healthcheck"]).await.good();
    gateway.stop().await;
    let told = home.run(&["healthcheck"]).await;
    assert_eq!(told.code, 69, "{told:?}");
}

/// Returns a port that was free a moment ago.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
