//! What is wrong with a certificate and its key.

use std::{error::Error, io, path::PathBuf};

/// The cause below a fault.
type TlsCause = Box<dyn Error + Send + Sync>;

/// A certificate and its key cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum TlsFault {
    /// A file cannot be read.
    #[error("{} cannot be read", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// A file is not PEM, or a broken one.
    #[error("{} is not a PEM file: it must be text with lines like -----BEGIN {label}-----", file.display())]
    NotPem {
        /// The file.
        file: PathBuf,
        /// What should begin there.
        label: &'static str,
        /// What does not fit, if anything was there.
        #[source]
        cause: Option<TlsCause>,
    },
    /// A PEM file for certificates has none.
    #[error("{} holds no certificate{}", file.display(), swapped(*.holds_key, "a private key"))]
    NoCertificate {
        /// The file.
        file: PathBuf,
        /// Whether there is a key in it.
        holds_key: bool,
    },
    /// A certificate is none.
    #[error(
        "certificate {position} of {} cannot be understood: it is damaged, or of a kind that is not served",
        file.display()
    )]
    BadCertificate {
        /// The file.
        file: PathBuf,
        /// Which one, from 1.
        position: usize,
        /// What does not fit.
        #[source]
        cause: TlsCause,
    },
    /// A PEM file for a key has none.
    #[error("{} holds no private key{}", file.display(), swapped(*.holds_certificate, "a certificate"))]
    NoKey {
        /// The file.
        file: PathBuf,
        /// Whether there is a certificate in it.
        holds_certificate: bool,
    },
    /// The key needs a passphrase.
    #[error(
        "the key in {} is encrypted, and nobody is there to type its passphrase: decrypt it with \
         `openssl pkey -in FILE -out NEW-FILE`",
        file.display()
    )]
    EncryptedKey {
        /// The file.
        file: PathBuf,
    },
    /// The key is of a kind that is not served, or broken.
    #[error("the key in {} cannot be used: it must be RSA, ECDSA (P-256, P-384, P-521) or Ed25519", file.display())]
    BadKey {
        /// The file.
        file: PathBuf,
        /// What does not fit.
        #[source]
        cause: rustls::Error,
    },
    /// The key is another certificate's.
    #[error("the key in {} does not fit the certificate in {}{}", key.display(), certificate.display(), belongs(*.position))]
    Mismatch {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
        /// The certificate of the chain that it fits, from 1, if one does.
        position: Option<usize>,
    },
    /// A pair that could be exchanged for a valid one is not valid itself.
    #[error("the certificate in {} is not valid now, and the one before is", certificate.display())]
    NotValid {
        /// The file of the certificate.
        certificate: PathBuf,
    },
    /// A pair that could be exchanged for one that names hosts names none.
    #[error("the certificate in {} names no host, and the one before does", certificate.display())]
    Nameless {
        /// The file of the certificate.
        certificate: PathBuf,
    },
    /// TLS cannot be set up at all.
    #[error("TLS cannot be set up on this machine")]
    Setup(#[from] rustls::Error),
}

impl TlsFault {
    /// Returns what is wrong in words for operators. What a library said about it is for the log alone.
    pub fn describe(&self) -> String {
        match self {
            Self::Unreadable { cause, .. } => format!("{self}: {cause}"),
            Self::NotPem { cause: Some(cause), .. } => format!("{self}: {cause}"),
            _ => self.to_string(),
        }
    }
}

fn swapped(is_so: bool, what: &str) -> String {
    if !is_so {
        return String::new();
    }
    format!(", but {what}: are the files of certificate and key swapped?")
}

fn belongs(position: Option<usize>) -> String {
    position.map_or_else(String::new, |position| {
        format!(": it fits certificate {position} in there, which must come first")
    })
}
