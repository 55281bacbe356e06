//! An authority of one's own, as companies have them.

use base64::{Engine, engine::general_purpose::STANDARD};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs::default_provider};
use std::{fs, os::unix::fs::PermissionsExt, path::Path, sync::Arc};

/// Vouches for certificates that nobody else trusts.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key as PEM.
#[derive(Debug, Clone)]
pub(crate) struct Issued {
    pub(crate) chain: String,
    pub(crate) key: String,
    /// What tells it from others on the wire.
    pub(crate) der: Vec<u8>,
}

impl Authority {
    /// Returns an authority with a key of its own.
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "An authority of one's own");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Returns a certificate for these names that vouches for itself, as `openssl req -x509` makes it.
    pub(crate) fn of_itself(names: &[&str], [from, until]: [i32; 2]) -> Issued {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        (params.not_before, params.not_after) =
            (date_time_ymd(from, 1, 1), date_time_ymd(until, 1, 1));
        let key = KeyPair::generate().unwrap();
        Issued::of(params.self_signed(&key).unwrap().der(), &key)
    }

    /// Returns its certificate as PEM.
    pub(crate) fn pem(&self) -> String {
        pem("CERTIFICATE", self.0.der())
    }

    /// Issues a certificate for these names that is valid for long.
    pub(crate) fn issue(&self, names: &[&str]) -> Issued {
        self.issue_between(names, [2020, 2090])
    }

    /// Issues a certificate that is valid from one January to another.
    pub(crate) fn issue_between(&self, names: &[&str], [from, until]: [i32; 2]) -> Issued {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        let key = KeyPair::generate().unwrap();
        let leaf = params.signed_by(&key, &self.0).unwrap();
        Issued::of(leaf.der(), &key)
    }

    /// Returns how a client speaks TLS that trusts this authority alone.
    pub(crate) fn trusted(&self) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth()
    }
}

impl Issued {
    fn of(der: &[u8], key: &KeyPair) -> Self {
        let (chain, key) = (pem("CERTIFICATE", der), pem("PRIVATE KEY", &key.serialize_der()));
        Self { chain, key, der: der.to_vec() }
    }

    /// Writes `tls.crt` and `tls.key` into a folder, over what was there.
    pub(crate) fn write(&self, folder: &Path) {
        fs::write(folder.join("tls.crt"), &self.chain).unwrap();
        let key = folder.join("tls.key");
        fs::write(&key, &self.key).unwrap();
        fs::set_permissions(key, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> =
        text.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
