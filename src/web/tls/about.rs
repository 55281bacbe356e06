//! What a certificate says about itself.

use crate::domain::Timestamp;
use rustls::pki_types::CertificateDer;
use std::net::IpAddr;
use x509_cert::{
    Certificate,
    der::Decode,
    ext::pkix::{SubjectAltName, name::GeneralName},
    time::Time,
};

/// From when until when a chain is good, and for which hosts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateAbout {
    /// When the last certificate of the chain begins to be valid.
    pub not_before: Timestamp,
    /// When the first certificate of the chain expires.
    pub not_after: Timestamp,
    /// The host names and addresses that it is good for.
    pub names: Vec<Box<str>>,
}

impl CertificateAbout {
    /// Reads one certificate; its signature is not looked at.
    pub fn parse(der: &CertificateDer<'_>) -> Result<Self, x509_cert::der::Error> {
        let certificate = Certificate::from_der(der)?;
        let certificate = certificate.tbs_certificate;
        // The common name is no name: clients stopped looking at it (RFC 9525), so a certificate that has
        // nothing else would look fine here and be refused by all of them.
        let names = certificate.get::<SubjectAltName>()?;
        let names = names.map(|(_, names)| names.0).unwrap_or_default();
        Ok(Self {
            not_before: timestamp(certificate.validity.not_before),
            not_after: timestamp(certificate.validity.not_after),
            names: names.iter().filter_map(name).collect(),
        })
    }

    /// Returns the same as far as a certificate behind it in the chain allows.
    pub(super) fn within(self, issuer: &Self) -> Self {
        Self {
            not_before: self.not_before.max(issuer.not_before),
            not_after: self.not_after.min(issuer.not_after),
            names: self.names,
        }
    }

    /// Says whether the chain is valid at that time.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        (self.not_before..=self.not_after).contains(&now)
    }
}

fn timestamp(time: Time) -> Timestamp {
    Timestamp::from_micros(0).plus(time.to_unix_duration())
}

fn name(name: &GeneralName) -> Option<Box<str>> {
    match name {
        GeneralName::DnsName(host) => Some(host.as_str().into()),
        GeneralName::IpAddress(address) => Some(ip(address.as_bytes())?.to_string().into()),
        _ => None,
    }
}

fn ip(bytes: &[u8]) -> Option<IpAddr> {
    let four = || <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from);
    let six = || <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from);
    four().or_else(six)
}
