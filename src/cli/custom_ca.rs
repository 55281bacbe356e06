//! Certificates that are believed because somebody gave the one that vouches for them.

use crate::{domain::Timestamp, web::CertificateAbout};
use anyhow::Context;
use rustls::{
    CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};
use std::{sync::Arc, time::Duration};

/// Believes what an authority vouches for, a well-known or a given one, and what was given itself: a
/// certificate that signed itself is its own authority, as `openssl req -x509` makes it.
///
/// A certificate that was given itself must still be for the name that is asked, and within its time.
#[derive(Debug)]
pub(super) struct CustomCaVerifier {
    /// The certificates that were given.
    given: Vec<CertificateDer<'static>>,
    /// Believes what authorities vouch for.
    usual: Arc<WebPkiServerVerifier>,
}

impl CustomCaVerifier {
    /// Returns what believes these, and what they vouch for.
    ///
    /// It is an error if the library cannot be set up with them.
    pub(super) fn by(
        given: Vec<CertificateDer<'static>>,
        provider: &Arc<CryptoProvider>,
    ) -> anyhow::Result<Arc<Self>> {
        let roots = Arc::new(roots(&given));
        let usual = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(provider));
        let usual = usual.build().context("cannot set up TLS")?;
        Ok(Arc::new(Self { given, usual }))
    }
}

/// Returns the well-known authorities and those given.
///
/// What cannot be read as an authority is left out.
pub(super) fn roots(given: &[CertificateDer<'static>]) -> RootCertStore {
    let mut roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect::<RootCertStore>();
    // What is no authority can still be the gateway's own certificate.
    roots.add_parsable_certificates(given.iter().cloned());
    roots
}

impl ServerCertVerifier for CustomCaVerifier {
    /// Believes a certificate that was given, or asks the authorities.
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        // Looked at first: to the library a certificate that signed itself is no authority for itself.
        if !self.given.contains(end_entity) {
            let usual = &self.usual;
            return usual.verify_server_cert(
                end_entity,
                intermediates,
                server_name,
                ocsp_response,
                now,
            );
        }
        verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
        let about =
            CertificateAbout::parse(end_entity).map_err(|_| CertificateError::BadEncoding)?;
        let now = Timestamp::from_micros(0).plus(Duration::from_secs(now.as_secs()));
        if now > about.not_after {
            return Err(CertificateError::Expired.into());
        }
        if now < about.not_before {
            return Err(CertificateError::NotValidYet.into());
        }
        Ok(ServerCertVerified::assertion())
    }

    /// Looks whether the other side has the key, in TLS 1.2.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.usual.verify_tls12_signature(message, certificate, signed)
    }

    /// The same in TLS 1.3.
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.usual.verify_tls13_signature(message, certificate, signed)
    }

    /// Returns the schemes of the library.
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.usual.supported_verify_schemes()
    }
}
