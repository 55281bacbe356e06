//! TLS towards Ideogram.

use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs, pki_types::CertificateDer};
use std::sync::Arc;
use tokio_rustls::TlsConnector;

/// Returns a connector of [`config`]. Its connections resume TLS sessions with each other, since
/// they share its settings.
pub(super) fn connector(extra: &[CertificateDer<'static>]) -> Result<TlsConnector, rustls::Error> {
    config(extra).map(|config| TlsConnector::from(Arc::new(config)))
}

/// Returns settings that trust the public authorities and `extra`, and speak HTTP/1.1 only.
/// Nothing is read from the machine or the environment. There is no way to turn the check of
/// certificates off. Fails if one of `extra` is no certificate that can be an authority.
pub(super) fn config(extra: &[CertificateDer<'static>]) -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for certificate in extra {
        roots.add(certificate.clone())?;
    }
    // Named: else rustls takes what somebody installed for the whole process, or panics where the
    // features of all crates together leave a choice.
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    // With HTTP/2 calls would share a connection: nobody could say whose byte was written, or where
    // a head with a key begins.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
