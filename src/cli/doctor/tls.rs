//! The certificates that the listeners show.

use super::finding::DoctorCheck;
use crate::{
    cli::tls::{NamedPair, named},
    config::Listen,
    domain::Timestamp,
    web::TlsDoubt,
};

/// What is said of certificates.
const WHAT: &str = "tls";

/// Looks at the certificates and keys that the settings name, as they are now in the files.
///
/// Without TLS there is nothing to find. Keys are read and not shown.
pub(super) fn check(listen: &Listen, now: Timestamp) -> Vec<DoctorCheck> {
    named(listen).iter().flat_map(|named| pair_checks(named, now)).collect()
}

/// Returns what is found about one pair.
fn pair_checks(named: &NamedPair<'_>, now: Timestamp) -> Vec<DoctorCheck> {
    let pair = match named.read() {
        Ok(pair) => pair,
        Err(words) => return vec![DoctorCheck::broken(WHAT, words)],
    };
    let doubts = pair.doubts(now);
    if doubts.is_empty() {
        let about = pair.about();
        let words = format!("for {}, until {}", about.names.join(", "), about.not_after);
        return vec![DoctorCheck::good(WHAT, words)];
    }
    doubts.iter().map(finding).collect()
}

/// Returns a doubt as a finding: what keeps clients away is broken.
fn finding(doubt: &TlsDoubt) -> DoctorCheck {
    if doubt.keeps_clients_away() {
        DoctorCheck::broken(WHAT, doubt.to_string())
    } else {
        DoctorCheck::doubtful(WHAT, doubt.to_string())
    }
}
