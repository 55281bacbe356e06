//! The certificates that the listeners show.

use super::finding::Finding;
use crate::{
    cli::tls::{Named, named},
    config::Listen,
    domain::Timestamp,
    web::TlsDoubt,
};

const WHAT: &str = "tls";

/// Looks at the certificates and keys that the settings name, as they are now in the files.
pub(super) fn check(listen: &Listen, now: Timestamp) -> Vec<Finding> {
    named(listen).iter().flat_map(|named| of(named, now)).collect()
}

fn of(named: &Named<'_>, now: Timestamp) -> Vec<Finding> {
    let pair = match named.read() {
        Ok(pair) => pair,
        Err(words) => return vec![Finding::broken(WHAT, words)],
    };
    let doubts = pair.doubts(now);
    if doubts.is_empty() {
        let about = pair.about();
        let words = format!("for {}, until {}", about.names.join(", "), about.not_after);
        return vec![Finding::good(WHAT, words)];
    }
    doubts.iter().map(finding).collect()
}

fn finding(doubt: &TlsDoubt) -> Finding {
    if doubt.keeps_clients_away() {
        Finding::broken(WHAT, doubt.to_string())
    } else {
        Finding::doubtful(WHAT, doubt.to_string())
    }
}
