//! Reads certificates and keys from PEM files.

use super::TlsFault;
use crate::domain::pem_words;
use rustls::pki_types::{
    CertificateDer, PrivateKeyDer,
    pem::{self, PemObject},
};
use std::{
    fs::File,
    io::{self, Read},
    os::unix::fs::MetadataExt,
    path::Path,
};
use zeroize::Zeroizing;

/// The largest file that is read; chains are a hundredth of it.
const LARGEST: u64 = 1 << 20;
const CERTIFICATE: &str = "CERTIFICATE";
const KEY: &str = "PRIVATE KEY";

/// Reads the certificates of a file in their order, at least one.
pub(super) fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsFault> {
    let text = read(file)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text.bytes).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) if text.says("-----BEGIN ") => {
            let holds_key = text.says("PRIVATE KEY-----");
            Err(TlsFault::NoCertificate { file: file.into(), holds_key })
        }
        Ok(_) => Err(TlsFault::NotPem { file: file.into(), label: CERTIFICATE, cause: None }),
        Err(error) => Err(not_pem(file, CERTIFICATE, &error)),
    }
}

/// Reads the first key of a file, and the file's permissions.
pub(super) fn key(file: &Path) -> Result<(Zeroizing<PrivateKeyDer<'static>>, u32), TlsFault> {
    let text = read(file)?;
    // Both ways of PEM to say so: a label of its own, and a field of the older ones.
    if text.says("BEGIN ENCRYPTED PRIVATE KEY") || text.says("Proc-Type: 4,ENCRYPTED") {
        return Err(TlsFault::EncryptedKey { file: file.into() });
    }
    match PrivateKeyDer::from_pem_slice(&text.bytes) {
        Ok(key) => Ok((Zeroizing::new(key), text.mode)),
        Err(pem::Error::NoItemsFound) if text.says("-----BEGIN ") => {
            let holds_certificate = text.says("BEGIN CERTIFICATE");
            Err(TlsFault::NoKey { file: file.into(), holds_certificate })
        }
        Err(pem::Error::NoItemsFound) => {
            Err(TlsFault::NotPem { file: file.into(), label: KEY, cause: None })
        }
        Err(error) => Err(not_pem(file, KEY, &error)),
    }
}

struct Text {
    bytes: Zeroizing<Vec<u8>>,
    mode: u32,
}

impl Text {
    fn says(&self, words: &str) -> bool {
        memchr::memmem::find(&self.bytes, words.as_bytes()).is_some()
    }
}

fn read(file: &Path) -> Result<Text, TlsFault> {
    let read = || {
        let opened = File::open(file)?;
        let about = opened.metadata()?;
        if about.len() > LARGEST {
            return Err(io::Error::other("it is too large"));
        }
        // Whole from the start, so that no half of a key stays behind where it grew from.
        #[expect(clippy::cast_possible_truncation, reason = "it is a small file")]
        let mut bytes = Zeroizing::new(Vec::with_capacity(about.len() as usize + 1));
        // Bounded once more: a pipe has no length to ask for, and a file may grow meanwhile.
        opened.take(LARGEST).read_to_end(&mut bytes)?;
        Ok(Text { bytes, mode: about.mode() & 0o777 })
    };
    read().map_err(|cause| TlsFault::Unreadable { file: file.into(), cause })
}

/// The message must not repeat what is in the file.
fn not_pem(file: &Path, label: &'static str, error: &pem::Error) -> TlsFault {
    TlsFault::NotPem { file: file.into(), label, cause: Some(pem_words(error).into()) }
}
