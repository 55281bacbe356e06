//! Whose certificate is believed.

use super::{
    custom_ca::{CustomCaVerifier, roots},
    error::CliError,
    global::Global,
};
use crate::domain::pem_words;
use anyhow::Context;
use rustls::{
    ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{
        CertificateDer, ServerName, UnixTime,
        pem::{self, PemObject},
    },
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// Whose certificate is believed when a gateway shows one.
///
/// Only public certificates are named here, never a key.
#[derive(Debug, Clone)]
pub(super) enum Trust {
    /// Those that an authority vouches for: the well-known ones, and the one in this file.
    Authorities(Option<PathBuf>),
    /// The first one in this file and no other, whichever name it is for. For a gateway on this
    /// machine, whose certificate is for the name that clients use.
    Only(PathBuf),
    /// Whoever answers. For questions that hold no secret and whose answer decides nothing more than
    /// whether somebody does.
    Anyone,
}

impl Trust {
    /// Returns whom to believe as was said.
    ///
    /// By default these are the well-known authorities.
    pub(super) fn new(global: &Global) -> Self {
        Self::Authorities(global.admin_ca.clone())
    }

    /// Returns how a client speaks TLS then.
    ///
    /// The protocol is TLS 1.2 or 1.3, and no certificate of the client is shown. It is an error if a file
    /// cannot be used.
    pub(super) fn config(&self) -> anyhow::Result<ClientConfig> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider));
        let builder = builder.with_safe_default_protocol_versions().context("cannot set up TLS")?;
        let known = |only| Arc::new(PinnedVerifier { only, provider: Arc::clone(&provider) });
        let config = match self {
            Self::Authorities(None) => builder.with_root_certificates(roots(&[])),
            Self::Authorities(Some(file)) => {
                let given = certificates(file)?;
                builder
                    .dangerous()
                    .with_custom_certificate_verifier(CustomCaVerifier::by(given, &provider)?)
            }
            Self::Only(file) => {
                let first = certificates(file)?.into_iter().next();
                builder.dangerous().with_custom_certificate_verifier(known(first))
            }
            // For health checks alone: nothing secret is asked, and no token is shown.
            Self::Anyone => builder.dangerous().with_custom_certificate_verifier(known(None)),
        };
        Ok(config.with_no_client_auth())
    }
}

/// Returns the certificates of a file, one at least.
fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, CliError> {
    let found =
        CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match found {
        Ok(found) if found.is_empty() => Err(bad_file(file, &"there is no PEM certificate in it")),
        Ok(found) => Ok(found),
        Err(pem::Error::Io(error)) => Err(bad_file(file, &error)),
        Err(error) => Err(bad_file(file, &pem_words(&error))),
    }
}

/// Returns the mistake of naming a file that cannot be used.
fn bad_file(file: &Path, error: &dyn std::fmt::Display) -> CliError {
    CliError::Usage(format!("the certificate in {} cannot be used: {error}", file.display()))
}

/// Believes one certificate, or all; that the other side has its key is proven in any case.
///
/// Names and times do not count: the certificate itself was compared.
#[derive(Debug)]
struct PinnedVerifier {
    /// The one that is believed; `None` for all.
    only: Option<CertificateDer<'static>>,
    /// Checks signatures.
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for PinnedVerifier {
    /// Compares the certificate, byte by byte.
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match &self.only {
            Some(only) if only != end_entity => {
                Err(rustls::CertificateError::ApplicationVerificationFailure.into())
            }
            _ => Ok(ServerCertVerified::assertion()),
        }
    }

    /// Looks whether the other side has the key, in TLS 1.2.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let schemes = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, schemes)
    }

    /// The same in TLS 1.3.
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let schemes = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, schemes)
    }

    /// Returns the schemes of the library.
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
