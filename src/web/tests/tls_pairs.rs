//! Certificates and keys that can be served, and those that cannot.

use super::authority::{Authority, Issued};
use crate::{
    config::TlsFiles,
    domain::Timestamp,
    web::{PairRenewal, TlsFault, TlsIdentity, TlsPair},
};
use std::{error::Error, fs, os::unix::fs::PermissionsExt, time::Duration};
use tempfile::TempDir;

/// 2026-11-22.
const NOW: Timestamp = Timestamp::from_micros(1_795_348_800_000_000);

struct Files(TempDir);

impl Files {
    fn write(issued: &Issued) -> Self {
        let files = Self(tempfile::tempdir().unwrap());
        issued.write(files.0.path());
        files
    }

    fn files(&self) -> TlsFiles {
        TlsFiles { certificate: self.0.path().join("tls.crt"), key: self.0.path().join("tls.key") }
    }

    fn with(&self, name: &str, text: impl AsRef<[u8]>) -> &Self {
        fs::write(self.0.path().join(name), text).unwrap();
        self
    }

    fn read(&self) -> Result<TlsPair, TlsFault> {
        TlsPair::read(&self.files())
    }

    /// Returns what is wrong, with its causes and without the folder.
    fn wrong(&self) -> String {
        let fault = self.read().unwrap_err();
        let mut told = fault.to_string();
        let mut cause = fault.source();
        while let Some(error) = cause {
            told = format!("{told}: {error}");
            cause = error.source();
        }
        told.replace(&format!("{}/", self.0.path().display()), "")
    }

    fn doubts(&self) -> Vec<String> {
        let folder = format!("{}/", self.0.path().display());
        let doubts = self.read().unwrap().doubts(NOW);
        doubts.iter().map(|doubt| doubt.to_string().replace(&folder, "")).collect()
    }
}

fn issued() -> Issued {
    Authority::new().issue(&["images.example.com", "127.0.0.1", "::1"])
}

#[test]
fn a_pair_that_fits_is_read_with_its_names_and_times() {
    let files = Files::write(&issued());
    let pair = files.read().unwrap();
    assert_eq!(pair.about().names, ["images.example.com", "127.0.0.1", "::1"].map(Into::into));
    assert_eq!(pair.about().not_before.to_string(), "2020-01-01T00:00:00.000000Z");
    assert_eq!(pair.about().not_after.to_string(), "2090-01-01T00:00:00.000000Z");
    assert_eq!(files.doubts(), [""; 0]);
}

#[test]
fn a_chain_is_valid_as_long_as_all_of_it() {
    let authority = Authority::new();
    let (leaf, short) = (authority.issue(&["a"]), authority.issue_between(&["b"], [2021, 2027]));
    let files = Files::write(&leaf);
    files.with("tls.crt", format!("{}{}", leaf.chain, short.chain));
    let pair = files.read().unwrap();
    assert_eq!(pair.about().not_before.to_string(), "2021-01-01T00:00:00.000000Z");
    assert_eq!(pair.about().not_after.to_string(), "2027-01-01T00:00:00.000000Z");
    assert_eq!(pair.about().names, ["a".into()]);
}

#[test]
fn what_is_wrong_is_told_with_the_file_and_what_to_do() {
    let (pair, other) = (issued(), issued());
    let of = |name: &str, text: &str| Files::write(&pair).with(name, text).wrong();
    assert_eq!(
        of("tls.crt", "hello"),
        "tls.crt is not a PEM file: it must be text with lines like -----BEGIN CERTIFICATE-----"
    );
    assert_eq!(
        of("tls.key", ""),
        "tls.key is not a PEM file: it must be text with lines like -----BEGIN PRIVATE KEY-----"
    );
    assert_eq!(
        of("tls.crt", &pair.key),
        "tls.crt holds no certificate, but a private key: are the files of certificate and key swapped?"
    );
    assert_eq!(
        of("tls.key", &pair.chain),
        "tls.key holds no private key, but a certificate: are the files of certificate and key swapped?"
    );
    assert_eq!(
        of("tls.key", &other.key),
        "the key in tls.key does not fit the certificate in tls.crt"
    );
    assert_eq!(
        of("tls.crt", &format!("{}{}", other.chain, pair.chain)),
        "the key in tls.key does not fit the certificate in tls.crt: it fits certificate 2 in there, which must come first"
    );
    let encrypted = pair.key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    assert!(of("tls.key", &encrypted).starts_with("the key in tls.key is encrypted, and nobody"));
    let old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
    assert!(of("tls.key", old).starts_with("the key in tls.key is encrypted"));
}

#[test]
fn what_is_broken_inside_is_told_without_repeating_it() {
    let pair = issued();
    let of = |name: &str, text: &str| Files::write(&pair).with(name, text).wrong();
    let broken = pair.key.replacen("MI", "!!", 1);
    let told = of("tls.key", &broken);
    assert!(told.ends_with(": what is inside is not base64"), "{told}");
    assert!(!told.contains("!!"), "{told}");
    let half = &pair.chain[..pair.chain.len() / 2];
    assert!(of("tls.crt", half).ends_with(": a section has no end"));
    let nonsense = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let told = of("tls.key", nonsense);
    assert!(told.starts_with("the key in tls.key cannot be used: it must be RSA"), "{told}");
    let nonsense = nonsense.replace("PRIVATE KEY", "CERTIFICATE");
    let told = of("tls.crt", &format!("{}{nonsense}", pair.chain));
    assert!(told.starts_with("certificate 2 of tls.crt cannot be understood: "), "{told}");
}

#[test]
fn a_missing_or_endless_file_is_told() {
    let files = Files::write(&issued());
    fs::remove_file(files.files().key).unwrap();
    let told = files.wrong();
    assert!(told.starts_with("tls.key cannot be read: No such file"), "{told}");
    let files = Files::write(&issued());
    files.with("tls.crt", vec![b'x'; 2 << 20]);
    assert_eq!(files.wrong(), "tls.crt cannot be read: it is too large");
}

#[test]
fn what_clients_or_owners_will_not_like_is_doubted() {
    let authority = Authority::new();
    let of = |names: &[&str], years| Files::write(&authority.issue_between(names, years));
    let soon = Duration::from_hours(24 * 40);
    let files = of(&["a"], [2020, 2027]);
    assert_eq!(files.doubts(), [""; 0], "40 days are left");
    let later = files.read().unwrap().doubts(NOW.plus(Duration::from_hours(24 * 30)));
    assert_eq!(
        later[0].to_string(),
        "the certificate expires in 9 days, at 2027-01-01T00:00:00.000000Z: renew it"
    );
    assert!(!later[0].keeps_clients_away());
    let expired = files.read().unwrap().doubts(NOW.plus(soon + Duration::from_hours(24)));
    assert_eq!(
        expired[0].to_string(),
        "the certificate expired at 2027-01-01T00:00:00.000000Z: clients refuse it; renew it now"
    );
    assert!(expired[0].keeps_clients_away());
    let early = of(&["a"], [2030, 2040]);
    assert!(early.doubts()[0].starts_with("the certificate is not valid before 2030-01-01"));
    let nameless = of(&[], [2020, 2090]);
    assert!(nameless.doubts()[0].starts_with("the certificate names no host"));
    let open = of(&["a"], [2020, 2090]);
    for (mode, is_open) in [(0o640, false), (0o644, true)] {
        fs::set_permissions(open.files().key, fs::Permissions::from_mode(mode)).unwrap();
        let doubts = open.doubts();
        assert_eq!(doubts.is_empty(), !is_open, "{doubts:?}");
    }
    assert_eq!(open.doubts(), ["tls.key can be read by every user (mode 644): chmod 600 tls.key"]);
}

#[test]
fn a_half_exchanged_pair_is_not_shown_and_a_whole_one_is() {
    let authority = Authority::new();
    let (first, second) = (authority.issue(&["first"]), authority.issue(&["second"]));
    let files = Files::write(&first);
    let identity = TlsIdentity::open(files.files()).unwrap();
    let shown = || identity.pair().about().names.join(" ");
    assert!(matches!(identity.renew(NOW), Ok(PairRenewal::Same)));
    files.with("tls.crt", &second.chain);
    assert!(matches!(identity.renew(NOW), Err(TlsFault::Mismatch { .. })));
    assert_eq!(shown(), "first");
    files.with("tls.key", &second.key);
    assert!(matches!(identity.renew(NOW), Ok(PairRenewal::Done(_))));
    assert_eq!(shown(), "second");
}

#[test]
fn what_is_not_valid_does_not_replace_what_is() {
    let authority = Authority::new();
    let files = Files::write(&authority.issue(&["good"]));
    let identity = TlsIdentity::open(files.files()).unwrap();
    authority.issue_between(&["old"], [2020, 2021]).write(files.0.path());
    assert!(matches!(identity.renew(NOW), Err(TlsFault::NotValid { .. })));
    assert_eq!(identity.pair().about().names, ["good".into()]);
    // At a time when neither is valid, the newest word counts.
    let far = NOW.plus(Duration::from_hours(24 * 365 * 70));
    assert!(matches!(identity.renew(far), Ok(PairRenewal::Done(_))));
}
