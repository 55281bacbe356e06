//! The certificates that the listeners show.

use super::finding::Finding;
use crate::{
    cli::tls::{Named, named},
    config::Listen,
    domain::Timestamp,
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
        let (names, until) = (pair.about().names.join(", "), pair.about().not_after);
        return vec![Finding::good(WHAT, format!("for {names}, until {until}"))];
    }
    let finding = |words: String, is_broken| match is_broken {
        true => Finding::broken(WHAT, words),
        false => Finding::doubtful(WHAT, words),
    };
    let told =
        |doubt: &crate::web::TlsDoubt| finding(doubt.to_string(), doubt.keeps_clients_away());
    doubts.iter().map(told).collect()
}
