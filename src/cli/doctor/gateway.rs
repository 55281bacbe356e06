//! The gateway, if it runs.

use super::finding::Finding;
use crate::cli::{
    arguments::Global,
    fault::Fault,
    key,
    locate::{self, Place},
    run::wait,
    screen::chain,
};

const WHAT: &str = "gateway";

/// Looks whether Ideogram takes the keys of a gateway that runs.
pub(super) fn check_keys(global: &Global) -> Vec<Finding> {
    let doubts = wait(async { key::doubts(&locate::client(global)?).await });
    let doubts = doubts.unwrap_or_default().into_iter();
    doubts.map(|words| Finding::broken("keys", words)).collect()
}

/// Looks whether the gateway runs and can serve calls.
pub(super) fn check(global: &Global) -> Finding {
    let Ok(place) = locate::place(global) else {
        return Finding::doubtful(WHAT, "cannot be found before the settings are good");
    };
    if let Place::Socket(path) = &place
        && !path.exists()
    {
        let words = format!("does not run: there is no {}", path.display());
        return Finding::doubtful(WHAT, words);
    }
    match wait(async { locate::client(global)?.ask("/readyz").await }) {
        Ok(()) => Finding::good(WHAT, "runs and serves calls"),
        Err(error) => match error.downcast_ref::<Fault>() {
            Some(Fault::Unreachable { at, .. }) => {
                Finding::doubtful(WHAT, format!("does not run: nobody answers at {at}"))
            }
            _ => Finding::broken(WHAT, chain(&error)),
        },
    }
}
