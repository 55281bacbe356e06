//! A secret where it must not be.

use super::{Kind, Sink};
use std::fmt;

/// A secret where it must not be; tells everything but the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leak {
    pub(crate) kind: Kind,
    pub(crate) encoding: String,
    pub(crate) sink: Sink,
    /// Where in the sink.
    pub(crate) place: String,
    pub(crate) at: u64,
    /// What stands around it, with stars where secrets are.
    pub(crate) around: String,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, encoding, sink, place, at, around } = self;
        write!(f, "{kind:?} in {sink:?} {place}, at byte {at}, {encoding}: {around}")
    }
}

/// Fails the test if there are leaks, unless it has failed already.
pub(crate) fn none(leaks: &[Leak]) {
    if leaks.is_empty() || std::thread::panicking() {
        return;
    }
    let told =
        leaks.iter().take(10).fold(String::new(), |told, leak| told + "\n  " + &leak.to_string());
    panic!("{} secrets were left behind:{told}", leaks.len());
}
