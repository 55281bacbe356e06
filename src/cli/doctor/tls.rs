//! The certificates that the listeners show.

use super::finding::DoctorCheck;
use crate::{
    cli::tls::{NamedPair, named},
    config::Listen,
    domain::Timestamp,
    web::TlsDoubt,
};

const WHAT: &str = "tls";

/// Looks at the certificates and keys that the settings name, as they are now in the files.
pub(super) fn check(listen: &Listen, now: Timestamp) -> Vec<DoctorCheck> {
    named(listen).iter().flat_map(|named| of(named, now)).collect()
}

fn of(named: &NamedPair<'_>, now: Timestamp) -> Vec<DoctorCheck> {
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

fn finding(doubt: &TlsDoubt) -> DoctorCheck {
    if doubt.keeps_clients_away() {
        DoctorCheck::broken(WHAT, doubt.to_string())
    } else {
        DoctorCheck::doubtful(WHAT, doubt.to_string())
    }
}
