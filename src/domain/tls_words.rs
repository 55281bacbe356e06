//! What went wrong with TLS, in words.

use rustls::{CertificateError, Error, pki_types::pem};

/// Returns why a connection could not be secured, without a name that only programmers know.
/// Nothing that the other side sent is in them.
pub fn tls_words(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(why) => certificate_words(why),
        Error::InvalidMessage(_) => "it does not speak TLS".to_owned(),
        Error::AlertReceived(_) => "it refused the TLS connection".to_owned(),
        Error::PeerIncompatible(_) => {
            "it has no version of TLS or no cipher in common with this program".to_owned()
        }
        Error::NoApplicationProtocol => "it speaks another protocol than HTTP/1.1".to_owned(),
        _ => "the TLS connection failed".to_owned(),
    }
}

/// Returns why a certificate is not believed, without a name that only programmers know.
pub fn certificate_words(why: &CertificateError) -> String {
    match why {
        CertificateError::UnknownIssuer => "no authority known here has signed it",
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is for another host name"
        }
        CertificateError::Revoked => "it was revoked",
        CertificateError::BadEncoding => "it is damaged",
        CertificateError::BadSignature => "its signature is wrong",
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "it is not for servers"
        }
        // By its name in `Debug`: the error behind it is of a crate that rustls does not show.
        CertificateError::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => {
            "it is an authority's and not a server's: make one with basicConstraints CA:FALSE"
        }
        _ => "it cannot be verified",
    }
    .to_owned()
}

/// Returns why a text is not PEM, without repeating anything of it.
pub fn pem_words(error: &pem::Error) -> &'static str {
    match error {
        pem::Error::MissingSectionEnd { .. } => "a section has no end",
        pem::Error::IllegalSectionStart { .. } => "a section does not begin as it should",
        pem::Error::Base64Decode(_) => "what is inside is not base64",
        pem::Error::NoItemsFound => "there is no such section in it",
        _ => "it cannot be read as such",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::OtherError;
    use std::sync::Arc;

    #[derive(Debug, thiserror::Error)]
    #[error("CaUsedAsEndEntity")]
    struct CaUsedAsEndEntity;

    #[test]
    fn no_name_of_the_program_is_told() {
        let authority = CertificateError::Other(OtherError(Arc::new(CaUsedAsEndEntity)));
        let all = [authority, CertificateError::UnknownIssuer, CertificateError::BadEncoding];
        let told = all.map(|why| tls_words(&Error::InvalidCertificate(why))).join("\n");
        insta::assert_snapshot!(told, @"
        it is an authority's and not a server's: make one with basicConstraints CA:FALSE
        no authority known here has signed it
        it is damaged
        ");
    }
}
