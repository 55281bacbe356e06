//! TLS: who is trusted, what is said, and what a failed handshake means.

use super::house::{House, KEY, answered, content, generate, shared};
use crate::upstream::{NotSent, SendOutcome, UnknownReason};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{
    HandshakeKind, ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};
use std::sync::Arc;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    join,
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// An upstream with a certificate from an authority of its own.
struct Secured {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    root: CertificateDer<'static>,
}

impl Secured {
    async fn listen(name: &str) -> Self {
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new([name.to_owned()]).unwrap();
        let leaf = leaf.signed_by(&key, &issuer).unwrap();
        let secret = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(vec![leaf.der().clone()], secret)
                .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Self {
            listener: TcpListener::bind(("127.0.0.1", 0)).await.unwrap(),
            acceptor: TlsAcceptor::from(Arc::new(config)),
            root: issuer.der().clone(),
        }
    }

    fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.listener.local_addr().unwrap().port())
    }

    fn house(&self) -> House {
        House::trusting(&self.url(), self.root.clone())
    }

    async fn accept(&self) -> std::io::Result<TlsStream<TcpStream>> {
        self.acceptor.accept(self.listener.accept().await?.0).await
    }
}

/// Reads up to the end of the small request that tests send.
async fn request(tls: &mut TlsStream<TcpStream>) -> String {
    let mut seen = Vec::new();
    while !seen.ends_with(br#"{"prompt":"a cat"}"#) {
        assert!(tls.read_buf(&mut seen).await.unwrap() > 0);
    }
    String::from_utf8(seen).unwrap()
}

#[tokio::test]
async fn free_reads_go_over_tls_and_share_a_connection() {
    let secured = Secured::listen("127.0.0.1").await;
    let house = secured.house();
    let serve = async {
        let mut tls = secured.accept().await.unwrap();
        assert_eq!(tls.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
        for _ in 0..3 {
            let seen = request(&mut tls).await;
            assert!(seen.contains(&format!("api-key: {KEY}\r\n")));
            tls.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await.unwrap();
            tls.flush().await.unwrap();
        }
    };
    let calls = async {
        for _ in 0..3 {
            assert_eq!(content(&answered(house.send(shared()).await)), "ok");
        }
    };
    join!(serve, calls);
}

#[tokio::test]
async fn a_new_connection_for_each_paid_call_resumes_the_session_of_the_last() {
    let secured = Secured::listen("127.0.0.1").await;
    let house = secured.house();
    let mut kinds = Vec::new();
    for _ in 0..3 {
        let (sent, ()) = join!(house.send(generate()), async {
            let mut tls = secured.accept().await.unwrap();
            request(&mut tls).await;
            kinds.push(tls.get_ref().1.handshake_kind().unwrap());
            tls.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await.unwrap();
            tls.flush().await.unwrap();
        });
        answered(sent);
    }
    assert_eq!(kinds, [HandshakeKind::Full, HandshakeKind::Resumed, HandshakeKind::Resumed]);
}

#[tokio::test]
async fn an_authority_that_is_not_trusted_gets_nothing() {
    let secured = Secured::listen("127.0.0.1").await;
    let house = House::new(&secured.url());
    let (sent, accepted) = join!(house.send(generate()), secured.accept());
    let SendOutcome::NotSent { cause: NotSent::Tls(why), warrant } = sent else {
        panic!("{sent:?}")
    };
    assert_eq!(&*why, "no authority known here has signed it");
    assert_eq!(warrant.call().as_str(), "call_test");
    assert!(accepted.is_err());
}

#[tokio::test]
async fn a_certificate_of_somebody_else_gets_nothing() {
    let secured = Secured::listen("somebody.test").await;
    let house = secured.house();
    let (sent, accepted) = join!(house.send(generate()), secured.accept());
    let SendOutcome::NotSent { cause: NotSent::Tls(why), .. } = sent else { panic!("{sent:?}") };
    assert_eq!(&*why, "it is for another host name");
    assert!(accepted.is_err());
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_gets_nothing() {
    let secured = Secured::listen("127.0.0.1").await;
    let house = secured.house();
    let (sent, ()) = join!(house.send(generate()), async {
        let (mut tcp, _) = secured.listener.accept().await.unwrap();
        tcp.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        let mut seen = Vec::new();
        _ = tcp.read_to_end(&mut seen).await;
        assert!(!String::from_utf8_lossy(&seen).contains("idk_"));
    });
    let SendOutcome::NotSent { cause: NotSent::Tls(why), .. } = sent else { panic!("{sent:?}") };
    assert_eq!(&*why, "it does not speak TLS");
}

#[tokio::test]
async fn a_handshake_that_never_ends_is_not_sent() {
    let secured = Secured::listen("127.0.0.1").await;
    let house = secured.house();
    let (sent, _tcp) = join!(house.send(generate()), async {
        let (tcp, _) = secured.listener.accept().await.unwrap();
        tokio::time::pause();
        tcp
    });
    assert!(matches!(sent, SendOutcome::NotSent { cause: NotSent::Timeout, .. }), "{sent:?}");
}

#[tokio::test]
async fn a_connection_cut_inside_tls_is_unknown_or_charged() {
    let secured = Secured::listen("127.0.0.1").await;
    for (told, charged) in [("", false), ("HTTP/1.1 200 OK\r\n\r\nhalf an answer", true)] {
        let house = secured.house();
        let (sent, ()) = join!(house.send(generate()), async {
            let mut tls = secured.accept().await.unwrap();
            request(&mut tls).await;
            tls.write_all(told.as_bytes()).await.unwrap();
            tls.flush().await.unwrap();
            // No close_notify: somebody cut the line, so an answer without a length is not whole.
        });
        match sent {
            SendOutcome::Charged { .. } => assert!(charged),
            SendOutcome::Unknown { reason: UnknownReason::Reset, .. } => assert!(!charged),
            other => panic!("{other:?}"),
        }
    }
}
