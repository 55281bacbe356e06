//! A certificate and its key, read and found to fit each other.

use super::{CertificateAbout, TlsFault, files};
use crate::config::TlsFiles;
use rustls::{
    InconsistentKeys, ServerConfig,
    crypto::aws_lc_rs::{Ticketer, default_provider, sign::any_supported_type},
    pki_types::CertificateDer,
    server::NoServerSessionStorage,
    sign::{CertifiedKey, SigningKey, SingleCertAndKey},
    version::{TLS12, TLS13},
};
use std::sync::Arc;

/// The users that are neither the key's owner nor of its group.
const OTHERS: u32 = 0o007;

/// A certificate and its key, read and found to fit each other.
#[derive(Debug)]
pub struct TlsPair {
    files: TlsFiles,
    chain: Vec<CertificateDer<'static>>,
    key: Arc<dyn SigningKey>,
    key_mode: u32,
    about: CertificateAbout,
}

impl TlsPair {
    /// Reads a pair, or says what is wrong with it.
    pub fn read(files: &TlsFiles) -> Result<Self, TlsFault> {
        let chain = files::certificates(&files.certificate)?;
        let (key, key_mode) = files::key(&files.key)?;
        let key = any_supported_type(&key)
            .map_err(|cause| TlsFault::BadKey { file: files.key.clone(), cause })?;
        let about = about(files, &chain)?;
        let pair = Self { files: files.clone(), chain, key, key_mode, about };
        pair.check_fit()?;
        Ok(pair)
    }

    /// Returns what the certificate says about itself.
    pub fn about(&self) -> &CertificateAbout {
        &self.about
    }

    /// Returns where it was read.
    pub fn files(&self) -> &TlsFiles {
        &self.files
    }

    /// Returns the permissions of the key's file if every user can read it.
    pub(super) fn open_key(&self) -> Option<u32> {
        (self.key_mode & OTHERS != 0).then_some(self.key_mode)
    }

    /// Says whether another pair is the same certificate with the same key.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        // A key that fits is known by its certificate.
        self.chain == other.chain
    }

    /// Returns what a listener needs to serve it.
    pub(super) fn serving(&self) -> Result<ServerConfig, TlsFault> {
        let key = CertifiedKey::new(self.chain.clone(), Arc::clone(&self.key));
        // Named: what the process's default is hangs on the features that all crates turn on together, and
        // where they bring two providers, rustls panics.
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(&[&TLS13, &TLS12])?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(key)));
        // Said though it is all there is: who offers HTTP/2 alone is refused in the handshake, where clients
        // say why, and not by garbage on a connection that looked good.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // Who comes back is known by a ticket that it keeps itself: nothing is kept here. The
        // tickets' keys rotate, and are made anew with each certificate and for each listener.
        config.ticketer = Ticketer::new()?;
        // `max_early_data_size` stays 0: early data can be replayed, and a replayed call is a second bill.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        Ok(config)
    }

    fn check_fit(&self) -> Result<(), TlsFault> {
        let fits = |certificate: &CertificateDer<'static>| {
            // Each as if it stood first, since no other of a chain is looked at.
            let one = vec![certificate.clone()];
            CertifiedKey::new(one, Arc::clone(&self.key)).keys_match()
        };
        match self.chain.first().map(fits) {
            Some(Ok(())) => Ok(()),
            Some(Err(rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch))) | None => {
                let behind = self.chain.iter().position(|certificate| fits(certificate).is_ok());
                Err(TlsFault::Mismatch {
                    certificate: self.files.certificate.clone(),
                    key: self.files.key.clone(),
                    position: behind.map(|index| index + 1),
                })
            }
            Some(Err(cause)) => Err(TlsFault::BadCertificate {
                file: self.files.certificate.clone(),
                position: 1,
                cause: cause.into(),
            }),
        }
    }
}

fn about(files: &TlsFiles, chain: &[CertificateDer<'_>]) -> Result<CertificateAbout, TlsFault> {
    let read = |(index, der)| {
        CertificateAbout::parse(der).map_err(|cause| TlsFault::BadCertificate {
            file: files.certificate.clone(),
            position: index + 1,
            cause: cause.into(),
        })
    };
    let mut chain = chain.iter().enumerate().map(read);
    let own = chain.next().unwrap_or_else(|| {
        Err(TlsFault::NoCertificate { file: files.certificate.clone(), holds_key: false })
    })?;
    chain.try_fold(own, |own, issuer| Ok(own.within(&issuer?)))
}
